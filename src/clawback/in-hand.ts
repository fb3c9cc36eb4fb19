/**
 * The one event that a client has in hand, and how long its plugin can have it: five minutes after it was shown, the plugin lets go of it
 * and says so. One of which nothing is heard by then is with nobody any more (promise 14).
 */
import type { Clock, Timer } from "../domain/ports/clock.ts";
import type { DeliveryRef } from "../services/live-session.ts";
import { LET_GO_MS } from "./silence.ts";

/** Who comes back with what is overdue sends what he has kept first. */
const FLUSH_MS = 10_000;

export class InHand {
  readonly #clock: Clock;
  readonly #onLetGo: (of: DeliveryRef, doubtful: boolean) => void;
  #of: DeliveryRef | null = null;
  /** Monotonic ms; null: before this connection. */
  #shownAt: number | null = null;
  #timer: Timer | null = null;

  /** `doubtful`: it was shown on an earlier connection, and the process that had it may be gone. */
  constructor(clock: Clock, onLetGo: (of: DeliveryRef, doubtful: boolean) => void) {
    this.#clock = clock;
    this.#onLetGo = onLetGo;
  }

  get isFree(): boolean {
    return this.#of === null;
  }

  is({ eventId, delivery }: DeliveryRef): boolean {
    return this.#of?.eventId === eventId && this.#of.delivery === delivery;
  }

  /** For how long its client has had it; null: nobody knows. */
  heldMs(of: DeliveryRef): number | null {
    return this.#shownAt === null || !this.is(of) ? null : this.#clock.monotonic() - this.#shownAt;
  }

  /** Shown now; where the plugin may have it from before, too, its timer may have run for longer. */
  take(of: DeliveryRef): void {
    const again = this.is(of);
    this.#watch(of, LET_GO_MS, false);
    this.#shownAt = again ? null : this.#clock.monotonic();
  }

  /** Shown before this connection. */
  keep(of: DeliveryRef, deliveredAt: number): void {
    const since = deliveredAt === 0 ? 0 : this.#clock.now() - deliveredAt;
    this.#watch(of, Math.max(FLUSH_MS, LET_GO_MS - since), true);
  }

  /** True where it was this one. */
  drop(of: DeliveryRef): boolean {
    if (!this.is(of)) return false;
    this.end();
    return true;
  }

  end(): void {
    this.#of = null;
    this.#shownAt = null;
    this.#timer?.cancel();
    this.#timer = null;
  }

  #watch(of: DeliveryRef, forMs: number, doubtful: boolean): void {
    this.end();
    this.#of = of;
    this.#timer = this.#clock.setTimer(forMs, () => this.#onLetGo(of, doubtful));
  }
}

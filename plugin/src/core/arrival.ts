/**
 * The first seconds of a client. What is emitted too soon after `initialized` can be lost (seen with client 2.1.329),
 * and hooks need a moment to show that they run: an event that is taken before that would have the wrong deadlines.
 */
import type { Clock, Timer } from "./ports/clock.ts";

export const CHANNEL_READY_MS = 1_200;
/** A session that has shown no hook by then is taken to have none. */
export const HOOKS_KNOWN_MS = 3_000;

export class Arrival {
  #clock: Clock;
  #onChange: () => void;
  #initializedAt: number | null = null;
  #timers: Timer[] = [];

  constructor(clock: Clock, onChange: () => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** The client has said `initialized`. */
  begin(): void {
    this.#initializedAt = this.#clock.monotonic();
    this.#timers = [CHANNEL_READY_MS, HOOKS_KNOWN_MS].map((ms) => this.#clock.setTimer(ms, this.#onChange));
    this.#onChange();
  }

  get initialized(): boolean {
    return this.#initializedAt !== null;
  }

  get channelReady(): boolean {
    return this.#ageMs >= CHANNEL_READY_MS;
  }

  /** Whether hooks run is as clear as it gets. */
  get hooksKnown(): boolean {
    return this.#ageMs >= HOOKS_KNOWN_MS;
  }

  close(): void {
    for (const timer of this.#timers) timer.cancel();
  }

  get #ageMs(): number {
    return this.#initializedAt === null ? 0 : this.#clock.monotonic() - this.#initializedAt;
  }
}

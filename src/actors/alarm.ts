/**
 * Wakes actors whose time has come (promise 7). Invariants:
 *
 *   A1  One timer of the process stands for all timers of the store.
 *   A2  A timer rings again until its record no longer has it; a failing store slows it down, nothing ends it.
 *   A3  What rings is answered before the next look, so that letters don't pile up where they can't be stored.
 */
import { reasonOf } from "../domain/errors.ts";
import type { Timer } from "../domain/ports/clock.ts";
import type { Host, HostParts } from "./host.ts";

/** Looks at the clock at least so often, and notes that the server lives. */
const BEAT_MS = 5_000;

/** Never looks again sooner: what is still due after ringing has more behind it than one look takes. */
const REST_MS = 20;

/** The same where something rang in vain. */
const TROUBLE_MS = 1_000;

const AT_ONCE = 500;

export class Alarm {
  readonly #host: Host;
  readonly #parts: HostParts;
  #timer: Timer | null = null;
  #wakesAt = Number.POSITIVE_INFINITY;
  #looking: Promise<void> | null = null;
  #stopped = false;

  constructor(host: Host, parts: HostParts) {
    this.#host = host;
    this.#parts = parts;
    host.onWritten((dueAt) => {
      if (dueAt < this.#wakesAt) this.#set(dueAt - parts.clock.now());
    });
  }

  start(): void {
    this.#set(0);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#looking;
  }

  #set(delayMs: number): void {
    if (this.#stopped) return;
    this.#timer?.cancel();
    const wait = Math.min(Math.max(delayMs, 0), BEAT_MS);
    this.#wakesAt = this.#parts.clock.now() + wait;
    this.#timer = this.#parts.clock.setTimer(wait, () => {
      this.#looking ??= this.#look().finally(() => {
        this.#looking = null;
      });
    });
  }

  async #look(): Promise<void> {
    this.#wakesAt = Number.POSITIVE_INFINITY;
    const { store, clock, log } = this.#parts;
    let delay = BEAT_MS;
    try {
      await this.#host.beat();
      await store.noteAlive(clock.now());
      const rest = (await this.#ringDue(clock.now())) ? REST_MS : TROUBLE_MS;
      const next = await store.nextDue();
      if (next !== null) delay = Math.max(next - clock.now(), rest);
    } catch (error) {
      log("error", "the timers could not be read; they are tried again", { error: reasonOf(error) });
    }
    this.#set(Math.min(delay, this.#wakesAt - clock.now()));
  }

  /** False: something rang in vain. */
  async #ringDue(now: number): Promise<boolean> {
    const rung = (await this.#parts.store.due(now, AT_ONCE)).flatMap((record) =>
      record.actor.timers
        .filter(({ dueAt }) => dueAt <= now)
        .map(({ id }) =>
          this.#host.ring(record, id).then(
            () => true,
            () => false,
          ),
        ),
    );
    return (await Promise.all(rung)).every((heard) => heard);
  }
}

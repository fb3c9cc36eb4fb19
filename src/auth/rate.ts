/**
 * How often somebody may do something: so many times a minute, and as many at once where he has been quiet (the generic cell rate
 * algorithm: one number for each). Bounded: of too many the longest unseen are forgotten, and begin anew.
 */
import type { Clock } from "../domain/ports/clock.ts";

const MINUTE_MS = 60_000;
const MOST_KEYS = 10_000;

export class Rate {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  /** When all that was done would have been due, one after the other. The longest unseen first. */
  readonly #due = new Map<string, number>();

  constructor(clock: Clock, perMinute: number) {
    this.#clock = clock;
    this.#intervalMs = MINUTE_MS / perMinute;
  }

  get size(): number {
    return this.#due.size;
  }

  /** Milliseconds until it may be done again; 0: it may. */
  wait(key: string): number {
    const ahead = (this.#due.get(key) ?? 0) - this.#clock.monotonic();
    return Math.max(0, ahead - MINUTE_MS + this.#intervalMs);
  }

  count(key: string): void {
    const due = Math.max(this.#due.get(key) ?? 0, this.#clock.monotonic()) + this.#intervalMs;
    this.#due.delete(key);
    this.#due.set(key, due);
    const [oldest] = this.#due.keys();
    if (this.#due.size > MOST_KEYS && oldest !== undefined) this.#due.delete(oldest);
  }
}

/** How many frames a client may send: all the acks that its plugin keeps while it is offline at once, and then some a second. */
import type { Clock } from "../domain/ports/clock.ts";

const MOST = 1_500;
const A_SECOND = 100;

export class Allowance {
  readonly #clock: Clock;
  #left = MOST;
  #at: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#at = clock.monotonic();
  }

  /** False: it has used up what it may. */
  take(): boolean {
    const now = this.#clock.monotonic();
    this.#left = Math.min(MOST, this.#left + ((now - this.#at) / 1_000) * A_SECOND);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}

/** Time that counts only while something is so. */
import type { Time } from "./time.ts";

export class Stopwatch {
  readonly #time: Time;
  #total = 0;
  #since: number | null = null;

  constructor(time: Time) {
    this.#time = time;
  }

  get ms(): number {
    return this.#total + (this.#since === null ? 0 : this.#time.now - this.#since);
  }

  run(running: boolean): void {
    if (running === (this.#since !== null)) return;
    if (running) this.#since = this.#time.now;
    else {
      this.#total = this.ms;
      this.#since = null;
    }
  }
}

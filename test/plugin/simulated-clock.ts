import type { Clock, Timer } from "../../plugin/src/core/ports/clock.ts";

/** Time that passes only when the test says so. Timers fire in order, and what they start settles in between. */
export class SimulatedClock implements Clock {
  #time = 0;
  #timers: { at: number; fn: () => void }[] = [];

  now(): number {
    return 1_800_000_000_000 + this.#time;
  }

  monotonic(): number {
    return this.#time;
  }

  setTimer(delayMs: number, fn: () => void): Timer {
    const timer = { at: this.#time + delayMs, fn };
    this.#timers.push(timer);
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((one) => one !== timer);
      },
    };
  }

  get timers(): number {
    return this.#timers.length;
  }

  async pass(ms: number): Promise<void> {
    const end = this.#time + ms;
    await settle();
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#time = due.at;
      this.#timers = this.#timers.filter((one) => one !== due);
      due.fn();
      await settle();
    }
    this.#time = end;
  }
}

/** Lets everything go on that waits for no timer. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

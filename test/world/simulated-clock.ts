/** A clock that stands still until it is told to go; timers fire in the order of their time. */
import type { Clock, Timer } from "../../src/domain/ports/clock.ts";

interface SetTimer {
  at: number;
  order: number;
  fn: () => void;
}

export class SimulatedClock implements Clock {
  #monotonic = 0;
  #wall: number;
  #order = 0;
  readonly #timers = new Set<SetTimer>();

  constructor(wall = Date.UTC(2026, 0, 1)) {
    this.#wall = wall;
  }

  now(): number {
    return this.#wall;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  setTimer(delayMs: number, fn: () => void): Timer {
    const timer = { at: this.#monotonic + Math.max(0, delayMs), order: this.#order++, fn };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  /** How many timers are set: whoever has left has none. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Lets `ms` pass, firing what comes due on the way; after each timer everything that waits on it runs on. */
  async pass(ms: number): Promise<void> {
    const until = this.#monotonic + ms;
    for (;;) {
      await settle();
      const next = this.#first();
      if (next === null || next.at > until) break;
      this.#go(next.at - this.#monotonic);
      this.#timers.delete(next);
      next.fn();
    }
    this.#go(until - this.#monotonic);
    await settle();
  }

  /** The wall clock is set, by somebody or by NTP. */
  jump(ms: number): void {
    this.#wall += ms;
  }

  #go(ms: number): void {
    this.#monotonic += ms;
    this.#wall += ms;
  }

  #first(): SetTimer | null {
    let first: SetTimer | null = null;
    for (const timer of this.#timers) {
      if (first === null || timer.at < first.at || (timer.at === first.at && timer.order < first.order))
        first = timer;
    }
    return first;
  }
}

/** Lets everything run that needs no time: promises, and the store's own next turn of the event loop. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 8; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

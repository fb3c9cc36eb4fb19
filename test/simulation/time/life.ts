/**
 * The life of one simulated process. All that it does outside of itself goes through its life; when that has ended,
 * nothing of it has an effect any more: timers don't fire, and what it waited for never comes. That is `kill -9`.
 */
import type { Clock, Timer } from "../../../src/domain/ports/clock.ts";
import type { Time } from "./time.ts";

/** The wall clock of a machine; it may be set. */
export interface Wall {
  offset: number;
}

export class Life {
  readonly name: string;
  readonly clock: Clock;
  readonly #time: Time;
  readonly #timers = new Set<Timer>();
  readonly #clockTimers = new Set<Timer>();
  readonly #atEnd = new Set<() => void>();
  #over = false;

  constructor(name: string, time: Time, wall: Wall) {
    this.name = name;
    this.#time = time;
    this.clock = {
      now: () => Math.floor(time.now + wall.offset),
      monotonic: () => time.now,
      setTimer: (delayMs, fn) => this.#setTimer(delayMs, fn),
    };
  }

  get over(): boolean {
    return this.#over;
  }

  /** How many timers its code has set on its clock. */
  get clockTimers(): number {
    return this.#clockTimers.size;
  }

  after(ms: number, act: () => void): Timer {
    if (this.#over) return { cancel: () => {} };
    const scheduled = this.#time.after(ms, () => {
      this.#timers.delete(timer);
      act();
    });
    const timer: Timer = {
      cancel: () => {
        scheduled.cancel();
        this.#timers.delete(timer);
      },
    };
    this.#timers.add(timer);
    return timer;
  }

  /** Never resolves once the life is over. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.after(ms, resolve));
  }

  /** Told once, at the end. Returns what forgets it. */
  onEnd(act: () => void): () => void {
    this.#atEnd.add(act);
    return () => this.#atEnd.delete(act);
  }

  /** The other process's answer, or null if that process dies first. Never resolves once this life is over. */
  ask<T>(other: Life, work: () => Promise<T>): Promise<T | null> {
    if (other.over) return Promise.resolve(null);
    return new Promise((resolve, reject) => {
      const give = (answer: T | null) => {
        forget();
        if (!this.#over) resolve(answer);
      };
      const forget = other.onEnd(() => give(null));
      work().then(give, reject);
    });
  }

  #setTimer(ms: number, act: () => void): Timer {
    const timer = this.after(ms, () => {
      this.#clockTimers.delete(mine);
      act();
    });
    const mine: Timer = {
      cancel: () => {
        this.#clockTimers.delete(mine);
        timer.cancel();
      },
    };
    this.#clockTimers.add(mine);
    return mine;
  }

  end(): void {
    if (this.#over) return;
    this.#over = true;
    for (const timer of [...this.#timers]) timer.cancel();
    for (const act of [...this.#atEnd]) act();
    this.#atEnd.clear();
  }
}

/** A timer that has been set; `cancel` is idempotent. */
export interface Timer {
  cancel(): void;
}

/** Time as an argument, so that the whole plugin can run on a simulated one. */
export interface Clock {
  /** Wall clock, Unix milliseconds. May jump. */
  now(): number;
  /** Milliseconds since some fixed moment of this process; never jumps. */
  monotonic(): number;
  /** Calls `fn` once, `delayMs` from now on the monotonic clock. */
  setTimer(delayMs: number, fn: () => void): Timer;
}

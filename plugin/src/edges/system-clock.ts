import { performance } from "node:perf_hooks";
import type { Clock } from "../core/ports/clock.ts";

/** `setTimeout` cuts longer spans down to 1 ms. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer: (delayMs, fn) => {
    const timer = setTimeout(fn, Math.min(delayMs, LONGEST_TIMER_MS));
    return { cancel: () => clearTimeout(timer) };
  },
};

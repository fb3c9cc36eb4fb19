import { performance } from "node:perf_hooks";
import type { Clock } from "../core/ports/clock.ts";

/** `setTimeout` cuts longer spans down to 1 ms. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer: (delayMs, fn) => {
    const due = performance.now() + delayMs;
    let pending: NodeJS.Timeout;
    const wait = () => {
      const leftMs = Math.max(0, due - performance.now());
      // Node counts whole milliseconds and may be a fraction of one early; who then looks at the clock waits for ever.
      const look = () => (performance.now() < due ? wait() : fn());
      pending = setTimeout(look, Math.min(Math.ceil(leftMs), LONGEST_TIMER_MS));
    };
    wait();
    return { cancel: () => clearTimeout(pending) };
  },
};

import { performance } from "node:perf_hooks";
import type { Clock } from "../domain/ports/clock.ts";

/** setTimeout takes 32 bits of milliseconds; beyond it Node fires at once. */
const LONGEST_MS = 2_147_483_647;

export const nodeClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer(delayMs, fn) {
    const until = performance.now() + delayMs;
    let pending: NodeJS.Timeout;
    const wait = () => {
      const left = until - performance.now();
      pending =
        left > LONGEST_MS ? setTimeout(wait, LONGEST_MS) : setTimeout(fn, Math.max(0, Math.ceil(left)));
    };
    wait();
    return { cancel: () => clearTimeout(pending) };
  },
};

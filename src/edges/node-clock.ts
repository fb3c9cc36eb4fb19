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
      const left = Math.min(Math.max(0, Math.ceil(until - performance.now())), LONGEST_MS);
      // Node's timers count in a clock of whole milliseconds, and may fire a fraction of one too early.
      pending = setTimeout(() => (performance.now() < until ? wait() : fn()), left);
    };
    wait();
    return { cancel: () => clearTimeout(pending) };
  },
};

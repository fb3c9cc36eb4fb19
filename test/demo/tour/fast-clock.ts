/** A clock whose minutes are seconds, for what people would have to wait for. */
import type { Clock } from "../../../src/domain/ports/clock.ts";
import { nodeClock } from "../../../src/edges/node-clock.ts";

export const TIMES_FASTER = 30;

/** Counted from the machine's own midnight of 1970 or any other moment: two processes with the same `since` agree. */
export function fastClock(since: number): Clock {
  return {
    now: () => since + (nodeClock.now() - since) * TIMES_FASTER,
    monotonic: () => nodeClock.monotonic() * TIMES_FASTER,
    setTimer: (delayMs, fn) => nodeClock.setTimer(delayMs / TIMES_FASTER, fn),
  };
}

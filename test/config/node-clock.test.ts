import { expect, test } from "vitest";
import { nodeClock } from "../../src/edges/node-clock.ts";

const LONGEST_OF_NODE_MS = 2 ** 31;

test("a timer never fires early, and a cancelled one never", async () => {
  const started = nodeClock.monotonic();
  let cancelled = false;
  const other = nodeClock.setTimer(5, () => {
    cancelled = true;
  });
  other.cancel();
  other.cancel();
  await new Promise<void>((resolve) => nodeClock.setTimer(20, resolve));
  expect(nodeClock.monotonic() - started).toBeGreaterThanOrEqual(20);
  expect(cancelled).toBe(false);
});

test("a delay of more than 24 days does not fire at once", async () => {
  let fired = false;
  const timer = nodeClock.setTimer(LONGEST_OF_NODE_MS + 1000, () => {
    fired = true;
  });
  await new Promise<void>((resolve) => nodeClock.setTimer(20, resolve));
  timer.cancel();
  expect(fired).toBe(false);
});

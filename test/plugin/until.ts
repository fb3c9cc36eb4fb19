import { setTimeout as sleep } from "node:timers/promises";

/** Waits for a condition; what it waited for stands in the error. */
export async function until(holds: () => boolean, what: string, withinMs = 5_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`${what} did not come within ${withinMs} ms`);
    await sleep(5);
  }
}

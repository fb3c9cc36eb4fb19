/** Events that come while a session waits for one: stored and handed over in one tick. */
import { expect, test } from "vitest";
import { Box, MINUTE } from "../world/box.ts";

test("what comes together keeps its order, also when the first of it comes back", async () => {
  const box = await Box.start();
  const plugin = await box.plugin().connect();
  const arrivals = [1, 2, 3].map(() => box.arrives({ priority: "interrupt" }));
  const ids = await Promise.all(arrivals);
  const seqs = await Promise.all(ids.map(async (id) => (await box.record(id)).seq));
  expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
  expect(plugin.last.eventId).toBe(ids[0]);
  await plugin.loses();
  await box.clock.pass(2 * MINUTE);
  expect(await box.state(ids[0] ?? "")).toBe("returned");
  await plugin.connect();
  expect(plugin.last).toMatchObject({ eventId: ids[0], delivery: 2 });
});

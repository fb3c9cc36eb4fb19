/** Events that come while a session waits for one: stored and handed over in one tick. */
import { expect, test } from "vitest";
import { eventState } from "../../src/domain/event.ts";
import { Box, MINUTE, SECOND } from "../world/box.ts";
import { Trouble } from "../world/troubled-store.ts";

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

test("deliveries that are known, one after the other, leave no event waiting for a session that is ready", async () => {
  const trouble = new Trouble();
  const box = await Box.start({ wrap: (store) => trouble.wrap(store) });
  const plugin = await box.plugin().connect();
  const known = [1, 2, 3, 4, 5].map((n) => ({ deliveryId: `d-${n}`, priority: "priority" as const }));
  for (const one of known) {
    await box.arrives(one);
    await plugin.acks();
    await plugin.says({ ready: true });
  }
  // Each of them comes again while the tick of the one before is being committed.
  const again: Promise<string>[] = [];
  const left = known.slice(1);
  trouble.before = async () => {
    const next = left.shift();
    if (next !== undefined) again.push(box.arrives(next));
  };
  const [id] = await Promise.all([box.arrives(), box.arrives(known[0])]);
  await Promise.all(again);
  await box.clock.pass(SECOND);
  expect(again).toHaveLength(4);
  expect(plugin.last.eventId).toBe(id);
});

test("a store that fails lets nothing overtake what waits for it", async () => {
  const trouble = new Trouble();
  const box = await Box.start({ wrap: (store) => trouble.wrap(store) });
  await box.plugin().connect();
  const held = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  let commits = 0;
  trouble.before = async () => {
    commits += 1;
    if (commits > 1) return;
    reached.resolve();
    await held.promise;
  };
  trouble.failsNext = () => commits === 1;
  const refused = expect(box.arrives()).rejects.toThrow("the disk fails");
  await reached.promise;
  const first = box.arrives();
  held.resolve();
  await refused;
  const second = box.arrives();
  await box.clock.pass(SECOND);
  const [a, b] = await Promise.all([first, second].map(async (id) => box.record(await id)));
  expect(a && b && a.seq < b.seq).toBe(true);
  expect([a, b].map((record) => record && eventState(record))).toEqual(["dispatching", "queued"]);
});

test("an arrival whose write always loses is refused as unavailable, and leaves nothing", async () => {
  const trouble = new Trouble();
  const box = await Box.start({ wrap: (store) => trouble.wrap(store) });
  await box.plugin().connect();
  trouble.losesNext = (writes) => writes.some(({ kind }) => kind === "append");
  await expect(box.arrives()).rejects.toMatchObject({ kind: "unavailable" });
  expect(await box.store.events(box.box.account.id, { states: ["queued", "dispatching"], limit: 9 })).toEqual(
    [],
  );
});

import { expect } from "vitest";
import { laneOfTag } from "../../../src/domain/lane.ts";
import { add, idsOf, put } from "../acts.ts";
import type { Check } from "../contract.ts";
import { ACCOUNT, AT, acked, claimed, LANE, returned, told } from "../records.ts";

/** Promise 3: a lane is ordered by (band, arrival). */
export function laneOrder(check: Check): void {
  check("heads come by band and then by arrival, across all bands", async ({ store }) => {
    const normal = await add(store);
    const priority = await add(store, { priority: "priority" });
    const comesBack = await add(store, { priority: "normal" });
    const interrupt = await add(store, { priority: "interrupt" });
    const stopped = await add(store, { priority: "priority" });
    const normal2 = await add(store);
    const interrupt2 = await add(store, { priority: "interrupt" });
    const priority2 = await add(store, { priority: "priority" });

    // Resumed: both come back, the later arrival first, and still stand by their arrival.
    await put(store, told(await put(store, claimed(stopped, "s1")), { type: "interrupt", at: AT }));
    await put(store, returned(await put(store, claimed(comesBack, "s1"))));
    // An interrupt that comes back is an interrupt still.
    await put(store, returned(await put(store, claimed(interrupt, "s1"))));

    const inOrder = [interrupt, interrupt2, comesBack, stopped, priority, priority2, normal, normal2];
    expect(idsOf(await store.heads(ACCOUNT, LANE, 100))).toEqual(idsOf(inOrder));
    // What is kept for a session stands beside those that are for anybody.
    const first = [interrupt, interrupt2, comesBack, stopped];
    expect(idsOf(await store.heads(ACCOUNT, LANE, 3))).toEqual(idsOf(first));
  });

  check(
    "heads without messages are the others, in their order, however many messages stand before them",
    async ({ store }) => {
      for (let i = 0; i < 5; i++)
        await add(store, { origin: "message", priority: "priority", sourceId: null });
      const first = await add(store);
      await add(store, { origin: "message", sourceId: null });
      const second = await add(store, { origin: "cron", sourceId: null });
      expect(idsOf(await store.heads(ACCOUNT, LANE, 1, false))).toEqual(idsOf([first]));
      expect(idsOf(await store.heads(ACCOUNT, LANE, 10, false))).toEqual(idsOf([first, second]));
      expect(await store.heads(ACCOUNT, LANE, 10)).toHaveLength(8);
    },
  );

  check(
    "what is kept for a session is a head of its own, however much is kept for others",
    async ({ store }) => {
      const addressed = async (addressee: string) => add(store, {}, { addressee });
      const [one, two] = [await addressed("s1"), await addressed("s2")];
      const [one2, two2] = [await addressed("s1"), await addressed("s2")];
      for (let i = 0; i < 4; i++) await addressed("s2");
      const [first, second] = [await add(store), await add(store)];
      expect(idsOf(await store.heads(ACCOUNT, LANE, 1))).toEqual(idsOf([one, two, first]));
      expect(idsOf(await store.heads(ACCOUNT, LANE, 2))).toEqual(
        idsOf([one, two, one2, two2, first, second]),
      );
      expect(await store.waiting(ACCOUNT, LANE, 100)).toBe(10);
      expect(await store.waiting(ACCOUNT, LANE, 5)).toBe(5);

      // An event that is interrupted is kept for the session that had it; one that was handed over and comes back is for anybody.
      const held = await put(store, claimed(first, "s3"));
      await put(store, told(held, { type: "interrupt", at: AT }));
      await put(store, returned(await put(store, claimed(one, "s1"))));
      expect(idsOf(await store.heads(ACCOUNT, LANE, 1))).toEqual(idsOf([one, first, two, one2]));
    },
  );

  check("only what may be claimed is a head or waits", async ({ store }) => {
    const queued = await add(store);
    await add(store, {}, { delayMs: 1_000 });
    await add(store, {}, { birth: "dropped" });
    const held = await put(store, claimed(await add(store), "s1"));
    const delivered = { type: "surfaced", delivery: 1, way: "channel" } as const;
    await put(store, told(await put(store, claimed(await add(store), "s2")), delivered));
    await put(store, acked(await put(store, claimed(await add(store), "s3"))));
    await put(store, told(await add(store), { type: "cancel" }));
    await put(store, told(await add(store), { type: "lapse" }));
    await put(store, told(await add(store), { type: "supersede", by: held.facts.id }));

    expect(await store.heads(ACCOUNT, LANE, 100)).toEqual([queued]);
    expect(await store.waiting(ACCOUNT, LANE, 100)).toBe(1);
  });

  check("a delayed event enters its lane with the seq that it had", async ({ store }) => {
    const delayed = await add(store, {}, { delayMs: 1_000 });
    const later = await add(store);
    const [timer] = delayed.actor.timers;
    expect(timer?.event.type).toMatch(/retry/);
    // A machine does not list the events of its own timers.
    const entered = told(delayed, { ...timer?.event } as Parameters<typeof told>[1]);
    await put(store, entered);
    expect(idsOf(await store.heads(ACCOUNT, LANE, 2))).toEqual(idsOf([delayed, later]));
  });

  check("lanes do not mix", async ({ store }) => {
    const untagged = await add(store, { lane: laneOfTag(null) });
    const tagged = await add(store);
    expect(await store.heads(ACCOUNT, laneOfTag(null), 10)).toEqual([untagged]);
    expect(await store.heads(ACCOUNT, LANE, 10)).toEqual([tagged]);
    expect(await store.heads(ACCOUNT, laneOfTag("other"), 10)).toEqual([]);
    expect(await store.waiting(ACCOUNT, laneOfTag("other"), 10)).toBe(0);
  });

  check("waiting counts no further than it is asked to", async ({ store }) => {
    for (let i = 0; i < 5; i++) await add(store);
    expect(await store.waiting(ACCOUNT, LANE, 3)).toBe(3);
    expect(await store.waiting(ACCOUNT, LANE, 5)).toBe(5);
    expect(await store.waiting(ACCOUNT, LANE, 50)).toBe(5);
  });
}

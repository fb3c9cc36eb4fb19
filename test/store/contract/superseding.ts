import { expect } from "vitest";
import { add, commitOne, idsOf, put, stored } from "../acts.ts";
import type { Box, Check } from "../contract.ts";
import { ACCOUNT, acked, claimed, LANE, newContent, newEvent, OTHER_ACCOUNT, told } from "../records.ts";

const keyed = (coalesceKey: string) => ({ details: { coalesceKey } });

/** A newer event takes the place of one that waits: both writes or neither. */
export function supersedingInPlace(check: Check): void {
  const supersede = async (
    { store }: Box,
    older: Awaited<ReturnType<typeof add>>,
    newer = newEvent(keyed("k")),
    payload = "new",
  ) => ({
    newer,
    result: await commitOne(store, {
      kind: "append",
      record: newer,
      content: newContent(payload),
      supersedes: told(older, { type: "supersede", by: newer.facts.id }),
    }),
  });

  check("what supersedes takes the place of the older, which waits no more", async (box) => {
    const { store } = box;
    const older = await add(store, keyed("k"));
    const behind = await add(store);
    const { newer, result } = await supersede(box, older);
    expect(result).toEqual({ kind: "stored" });
    expect(idsOf(await store.heads(ACCOUNT, LANE, 10))).toEqual([newer.facts.id, behind.facts.id]);
    expect(await stored(store, newer.facts.id)).toEqual({ ...newer, seq: older.seq, rev: 1 });
    const replaced = await stored(store, older.facts.id);
    expect(replaced.facts).toEqual(older.facts);
    expect(replaced.actor.value).toBe("superseded");
    expect(replaced.actor.context.supersededBy).toBe(newer.facts.id);
    expect(replaced.rev).toBe(older.rev + 1);
  });

  check("each keeps its own content", async (box) => {
    const { store } = box;
    const older = await add(store, keyed("k"));
    const { newer } = await supersede(box, older);
    expect(await store.content(newer.facts.id)).toEqual(newContent("new"));
    expect(await store.content(older.facts.id)).toEqual(newContent());
  });

  check("an older that has changed meanwhile is not superseded, and nothing is stored", async (box) => {
    const { store } = box;
    const older = await add(store, keyed("k"));
    const held = await put(store, claimed(older, "s1"));
    const { newer, result } = await supersede(box, older);
    expect(result).toEqual({ kind: "conflict" });
    expect(await store.event(newer.facts.id)).toBeNull();
    expect(await store.content(newer.facts.id)).toBeNull();
    expect(await stored(store, older.facts.id)).toEqual(held);
  });

  check("of two that would supersede the same one, one does", async (box) => {
    const { store } = box;
    const older = await add(store, keyed("k"));
    const results = await Promise.all([supersede(box, older), supersede(box, older)]);
    expect(results.map(({ result }) => result.kind).sort()).toEqual(["conflict", "stored"]);
    expect(await store.waiting(ACCOUNT, LANE, 10)).toBe(1);
  });

  check("what is superseded is not claimed by who read it before", async (box) => {
    const { store } = box;
    const older = await add(store, keyed("k"));
    const { newer } = await supersede(box, older);
    expect(await commitOne(store, { kind: "event", record: claimed(older, "s1") })).toEqual({
      kind: "conflict",
    });
    const mine = await put(store, claimed(await stored(store, newer.facts.id), "s1"));
    expect(await store.claimOf(ACCOUNT, "s1")).toEqual(mine);
  });

  check("a known delivery supersedes nothing, and both deliveries stay known", async (box) => {
    const { store } = box;
    const older = await add(store, { ...keyed("k"), deliveryId: "d1" });
    const again = newEvent({ ...keyed("k"), deliveryId: "d1" });
    expect((await supersede(box, older, again)).result).toEqual({
      kind: "duplicate",
      id: older.facts.id,
      state: "queued",
    });
    expect(await stored(store, older.facts.id)).toEqual(older);
    const { newer } = await supersede(box, older, newEvent({ ...keyed("k"), deliveryId: "d2" }));
    const retry = (deliveryId: string) =>
      commitOne(store, { kind: "append", record: newEvent({ deliveryId }), content: newContent() });
    expect(await retry("d1")).toEqual({ kind: "duplicate", id: older.facts.id, state: "superseded" });
    expect(await retry("d2")).toEqual({ kind: "duplicate", id: newer.facts.id, state: "queued" });
  });

  check("a place is taken over again and again, and no later event gets its number", async (box) => {
    const { store } = box;
    let last = await add(store, keyed("k"));
    const behind = await add(store);
    for (let i = 0; i < 5; i++) last = await stored(store, (await supersede(box, last)).newer.facts.id);
    const later = await add(store);
    expect(idsOf(await store.heads(ACCOUNT, LANE, 10))).toEqual(idsOf([last, behind, later]));
    expect(await store.counts(ACCOUNT, 100)).toEqual({ queued: 3, superseded: 5 });
    const listed = await store.events(ACCOUNT, { states: ["superseded"], limit: 10 });
    expect(new Set([...listed, last, behind, later].map(({ seq }) => seq)).size).toBe(8);
  });

  check("what waits under a key is found while it waits, in its lane and account", async ({ store }) => {
    const waits = await add(store, keyed("k"));
    await add(store, { ...keyed("k"), lane: "tag:other" });
    await add(store, { ...keyed("k"), account: OTHER_ACCOUNT });
    await add(store, keyed("other"));
    await add(store);
    expect(await store.waitingLike(ACCOUNT, LANE, "k")).toEqual(waits);
    expect(await store.waitingLike(ACCOUNT, LANE, "none")).toBeNull();
    const held = await put(store, claimed(waits, "s1"));
    expect(await store.waitingLike(ACCOUNT, LANE, "k")).toBeNull();
    await put(store, acked(held));
    expect(await store.waitingLike(ACCOUNT, LANE, "k")).toBeNull();
    const later = await add(store, keyed("k"), { delayMs: 60_000 });
    expect(await store.waitingLike(ACCOUNT, LANE, "k")).toEqual(later);
  });
}

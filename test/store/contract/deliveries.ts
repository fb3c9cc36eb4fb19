import { expect } from "vitest";
import type { EventFacts } from "../../../src/domain/event.ts";
import { add, commitOne, put } from "../acts.ts";
import type { Check } from "../contract.ts";
import { ACCOUNT, acked, append, claimed, newContent, newEvent, OTHER_ACCOUNT } from "../records.ts";

/** Promise 6: known deliveries are not doubled. */
export function deliveries(check: Check): void {
  check(
    "a known delivery answers with the first event's id and state, and writes nothing",
    async ({ store }) => {
      const first = await add(store, { deliveryId: "d1" });
      const again = newEvent({ deliveryId: "d1", type: "other" });

      expect(await commitOne(store, append(again, newContent("other")))).toEqual({
        kind: "duplicate",
        id: first.facts.id,
        state: "queued",
      });
      expect(await store.event(again.facts.id)).toBeNull();
      expect(await store.content(again.facts.id)).toBeNull();
      expect(await store.content(first.facts.id)).toEqual(newContent());
      expect(await store.waiting(first.facts.account, first.facts.lane, 10)).toBe(1);
    },
  );

  check("a known delivery can be asked for, and nothing is written by it", async ({ store }) => {
    const known = (id: string, account = ACCOUNT, sourceId: string | null = null) =>
      store.known(account, sourceId, id);
    const first = await add(store, { deliveryId: "d1", sourceId: null });
    const { facts } = await add(store, { deliveryId: "d2" });
    await add(store, { deliveryId: "d3", sourceId: null }, { birth: "dropped", reason: "no_route" });
    expect(await known("d1")).toEqual({ id: first.facts.id, state: "queued" });
    expect(await known("d2", ACCOUNT, facts.sourceId)).toEqual({ id: facts.id, state: "queued" });
    expect(await known("d2")).toBeNull();
    expect(await known("d3")).toBeNull();
    expect(await known("d1", OTHER_ACCOUNT)).toBeNull();
    await put(store, acked(await put(store, claimed(first, "s1"))));
    expect(await known("d1")).toEqual({ id: first.facts.id, state: "acked" });
  });

  check("a known delivery tells the state that its event has now", async ({ store }) => {
    const first = await put(store, claimed(await add(store, { deliveryId: "d1" }), "s1"));
    const inHand = await commitOne(store, append(newEvent({ deliveryId: "d1" })));
    expect(inHand).toEqual({ kind: "duplicate", id: first.facts.id, state: "dispatching" });

    await put(store, acked(first));
    const done = await commitOne(store, append(newEvent({ deliveryId: "d1" })));
    expect(done).toEqual({ kind: "duplicate", id: first.facts.id, state: "acked" });
  });

  check(
    "of two with one delivery id in the same batch, the second is a duplicate of the first",
    async ({ store }) => {
      const [first, second] = [newEvent({ deliveryId: "d1" }), newEvent({ deliveryId: "d1" })];
      expect(await store.commit([append(first), append(second)])).toEqual([
        { kind: "stored" },
        { kind: "duplicate", id: first.facts.id, state: "queued" },
      ]);
    },
  );

  check("a duplicate does not keep the others of its batch from being stored", async ({ store }) => {
    await add(store, { deliveryId: "d1" });
    const others = [newEvent({ deliveryId: "d0" }), newEvent({ deliveryId: "d2" })] as const;
    const results = await store.commit([
      append(others[0]),
      append(newEvent({ deliveryId: "d1" })),
      append(others[1]),
    ]);
    expect(results.map(({ kind }) => kind)).toEqual(["stored", "duplicate", "stored"]);
    expect(await store.event(others[1].facts.id)).not.toBeNull();
  });

  const elsewhere: Record<string, Partial<EventFacts>> = {
    "another source": { sourceId: "src_00000000000000000000000002" },
    "no source": { sourceId: null },
    "another account": { account: OTHER_ACCOUNT },
  };
  for (const [where, facts] of Object.entries(elsewhere)) {
    check(`the same delivery id from ${where} is another delivery`, async ({ store }) => {
      await add(store, { deliveryId: "d1" });
      expect(await commitOne(store, append(newEvent({ deliveryId: "d1", ...facts })))).toEqual({
        kind: "stored",
      });
    });
  }

  check("events without a source share one space of delivery ids", async ({ store }) => {
    const first = await add(store, { deliveryId: "d1", sourceId: null });
    const again = await commitOne(store, append(newEvent({ deliveryId: "d1", sourceId: null })));
    expect(again).toEqual({ kind: "duplicate", id: first.facts.id, state: "queued" });
  });

  check("events without a delivery id are never doubles", async ({ store }) => {
    await add(store);
    expect(await commitOne(store, append(newEvent()))).toEqual({ kind: "stored" });
  });

  check("a dropped event reserves no delivery id, and is never a double", async ({ store }) => {
    const dropped = { birth: "dropped", reason: "no_route" } as const;
    await add(store, { deliveryId: "d1" }, dropped);
    await add(store, { deliveryId: "d1" }, dropped);
    const wanted = await add(store, { deliveryId: "d1" });
    await add(store, { deliveryId: "d1" }, dropped);
    const again = await commitOne(store, append(newEvent({ deliveryId: "d1" })));
    expect(again).toEqual({ kind: "duplicate", id: wanted.facts.id, state: "queued" });
  });
}

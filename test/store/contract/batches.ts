import { expect } from "vitest";
import { add, commitOne, put, stored } from "../acts.ts";
import type { Check } from "../contract.ts";
import { ACCOUNT, acked, append, claimed, newEvent, newSession } from "../records.ts";

export function batches(check: Check): void {
  check("each write has its own result, in the order of the writes", async ({ store }) => {
    const [held, free] = [await put(store, claimed(await add(store), "s1")), await add(store)];
    await add(store, { deliveryId: "d1" });
    const results = await store.commit([
      { kind: "session", record: newSession("s1") },
      append(newEvent({ deliveryId: "d1" })),
      { kind: "event", record: claimed(free, "s1") },
      append(newEvent()),
      { kind: "event", record: { ...held, rev: held.rev + 7 } },
      { kind: "event", record: acked(held) },
    ]);
    expect(results.map(({ kind }) => kind)).toEqual([
      "stored",
      "duplicate",
      "conflict",
      "stored",
      "conflict",
      "stored",
    ]);
  });

  check("an ack and the claim of the next event share a commit", async ({ store }) => {
    const [one, two] = [await add(store), await add(store)];
    const held = await put(store, claimed(one, "s1"));
    const results = await store.commit([
      { kind: "event", record: acked(held) },
      { kind: "event", record: claimed(two, "s1") },
    ]);
    expect(results).toEqual([{ kind: "stored" }, { kind: "stored" }]);
    expect((await store.claimOf(ACCOUNT, "s1"))?.facts.id).toBe(two.facts.id);
  });

  check(
    "a claim that comes before the ack it follows is refused, and stored when tried again",
    async ({ store }) => {
      const [one, two] = [await add(store), await add(store)];
      const held = await put(store, claimed(one, "s1"));
      const claim = { kind: "event", record: claimed(two, "s1") } as const;
      const results = await store.commit([claim, { kind: "event", record: acked(held) }]);
      expect(results).toEqual([{ kind: "conflict" }, { kind: "stored" }]);
      expect(await commitOne(store, claim)).toEqual({ kind: "stored" });
    },
  );

  check("an empty batch has no results", async ({ store }) => {
    expect(await store.commit([])).toEqual([]);
  });

  check("commits at the same time each get their own results", async ({ store }) => {
    const first = await add(store, { deliveryId: "d0" });
    const batch = Array.from({ length: 60 }, (_, i) => newEvent({ deliveryId: i % 3 === 0 ? "d0" : null }));
    const results = await Promise.all(batch.map((record) => store.commit([append(record)])));
    expect(results).toEqual(
      batch.map((record) => [
        record.facts.deliveryId === null
          ? { kind: "stored" }
          : { kind: "duplicate", id: first.facts.id, state: "queued" },
      ]),
    );
    for (const { facts } of batch.filter((record) => record.facts.deliveryId === null)) {
      expect((await stored(store, facts.id)).rev).toBe(1);
    }
  });

  check("a read sees every write that has resolved", async ({ store }) => {
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const { facts } = await add(store);
        const heads = await store.heads(ACCOUNT, facts.lane, 100);
        expect(heads.some((head) => head.facts.id === facts.id)).toBe(true);
      }),
    );
  });
}

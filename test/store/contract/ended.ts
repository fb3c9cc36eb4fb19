import { expect } from "vitest";
import { ENDED, type EventFacts, type EventRecord } from "../../../src/domain/event.ts";
import { laneOfTag } from "../../../src/domain/lane.ts";
import { replayDeliveryId } from "../../../src/domain/replay.ts";
import { add, idsOf, put } from "../acts.ts";
import type { Box, Check } from "../contract.ts";
import { ACCOUNT, AT, claimed, LANE, OTHER_ACCOUNT, told } from "../records.ts";

type Store = Box["store"];

async function ends(
  store: Store,
  outcome: "done" | "failed",
  at: number,
  facts: Partial<EventFacts> = {},
): Promise<EventRecord> {
  const held = await put(store, claimed(await add(store, facts), "s1"));
  const { delivery } = held.actor.context;
  return put(
    store,
    told(held, { type: "ack", at, delivery, outcome, summary: "did it", retryAfterMs: null }),
  );
}

const done = (store: Store, at: number, facts?: Partial<EventFacts>) => ends(store, "done", at, facts);
const fails = (store: Store, at: number, facts?: Partial<EventFacts>) => ends(store, "failed", at, facts);

/** What has ended, by when it did: for history, retention and replay. */
export function endedEvents(check: Check): void {
  check("what has ended comes by when it did, and never what has not", async ({ store }) => {
    const [late, early] = [await done(store, AT + 30), await fails(store, AT + 10)];
    const between = await put(store, told(await add(store), { type: "cancel", at: AT + 20 }));
    const dropped = await add(store, {}, { birth: "dropped", reason: "no_route" });
    await add(store);
    await add(store, {}, { delayMs: 60_000 });
    await put(store, claimed(await add(store), "s1"));

    const newest = await store.ended(ACCOUNT, { states: ENDED, order: "newest", limit: 10 });
    expect(newest).toEqual([late, between, early, dropped]);
    const oldest = await store.ended(ACCOUNT, { states: ENDED, order: "oldest", limit: 2 });
    expect(oldest).toEqual([dropped, early]);
    expect(await store.ended(ACCOUNT, { states: ["dead"], order: "newest", limit: 10 })).toEqual([early]);
    expect(await store.ended(ACCOUNT, { states: [], order: "newest", limit: 10 })).toEqual([]);
  });

  check(
    "an ack that asks for another try ends nothing; the end that comes later counts",
    async ({ store }) => {
      const held = await put(store, claimed(await add(store), "s1"));
      const retry = {
        type: "ack",
        delivery: 1,
        outcome: "retry",
        summary: "later",
        retryAfterMs: null,
      } as const;
      const waits = await put(store, told(held, { ...retry, at: AT + 10 }));
      expect(await store.ended(ACCOUNT, { states: ENDED, order: "newest", limit: 10 })).toEqual([]);
      const over = await put(store, told(waits, { type: "cancel", at: AT + 50 }));
      const late = { states: ENDED, since: AT + 50, until: AT + 50, order: "newest", limit: 10 } as const;
      expect(await store.ended(ACCOUNT, late)).toEqual([over]);
    },
  );

  check("it can be of one lane, of one source, and of a time, both its ends included", async ({ store }) => {
    const oncall = laneOfTag("oncall");
    const all = [
      await done(store, AT + 1, { from: "ci" }),
      await done(store, AT + 2, { lane: oncall }),
      await done(store, AT + 3, { lane: oncall, from: "ci" }),
    ];
    const those = async (which: object) =>
      idsOf(await store.ended(ACCOUNT, { states: ENDED, order: "oldest", limit: 10, ...which }));
    const ids = (...indices: number[]) => idsOf(indices.flatMap((i) => all[i] ?? []));
    expect(await those({ lane: oncall })).toEqual(ids(1, 2));
    expect(await those({ lane: LANE })).toEqual(ids(0));
    expect(await those({ from: "ci" })).toEqual(ids(0, 2));
    expect(await those({ from: "ci", lane: oncall })).toEqual(ids(2));
    expect(await those({ since: AT + 2 })).toEqual(ids(1, 2));
    expect(await those({ until: AT + 2 })).toEqual(ids(0, 1));
    expect(await those({ since: AT + 2, until: AT + 2 })).toEqual(ids(1));
  });

  check("it can be read page by page, either way, also where several ended at once", async ({ store }) => {
    const all: EventRecord[] = [];
    for (const at of [1, 2, 2, 2, 3]) all.push(await (all.length % 2 ? done : fails)(store, AT + at));
    for (const order of ["oldest", "newest"] as const) {
      const read: EventRecord[] = [];
      for (let behind: { endedAt: number; seq: number } | undefined; ; ) {
        const filter = { states: ENDED, order, limit: 2, ...(behind !== undefined && { behind }) };
        const page = await store.ended(ACCOUNT, filter);
        read.push(...page);
        const last = page.at(-1);
        if (last === undefined) break;
        behind = { endedAt: last.actor.context.settledAt ?? 0, seq: last.seq };
      }
      expect(read).toEqual(order === "oldest" ? all : all.toReversed());
    }
  });

  check("what was replayed is known by its replay, and counted without it", async ({ store }) => {
    const [first, second] = [await fails(store, AT + 1), await fails(store, AT + 2, { sourceId: null })];
    const third = await fails(store, AT + 3);
    // Of another source it is another delivery.
    await add(store, { deliveryId: replayDeliveryId(third.facts.id), sourceId: null });
    const which = { states: ["dead"] } as const;
    const open = { ...which, unreplayed: true, order: "oldest", limit: 10 } as const;
    expect(await store.ended(ACCOUNT, open)).toEqual([first, second, third]);
    expect(await store.unreplayed(ACCOUNT, which, 10)).toBe(3);
    expect(await store.unreplayed(ACCOUNT, which, 2)).toBe(2);

    await add(store, { deliveryId: replayDeliveryId(first.facts.id) });
    await add(store, { deliveryId: replayDeliveryId(second.facts.id), sourceId: null });
    expect(await store.ended(ACCOUNT, open)).toEqual([third]);
    expect(await store.ended(ACCOUNT, { ...open, order: "newest" })).toEqual([third]);
    expect(await store.unreplayed(ACCOUNT, which, 10)).toBe(1);
    expect(await store.ended(ACCOUNT, { ...which, order: "oldest", limit: 10 })).toHaveLength(3);
  });

  check("of a prompt the beginning is read, and nothing where there is none", async ({ store }) => {
    const kept = await add(store);
    const dropped = await add(store, {}, { birth: "dropped", reason: "no_route" });
    expect(await store.prompt(kept.facts.id, 100)).toBe("/review");
    expect(await store.prompt(kept.facts.id, 4)).toBe("/rev");
    expect(await store.prompt(dropped.facts.id, 100)).toBeNull();
    expect(await store.prompt("evt_unknown", 100)).toBeNull();
  });

  check("what another account's events have come to is not told", async ({ store }) => {
    await fails(store, AT + 1);
    const which = { states: ENDED } as const;
    expect(await store.ended(OTHER_ACCOUNT, { ...which, order: "newest", limit: 10 })).toEqual([]);
    expect(await store.unreplayed(OTHER_ACCOUNT, which, 10)).toBe(0);
  });
}

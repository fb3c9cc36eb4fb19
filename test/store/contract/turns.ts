import { expect } from "vitest";
import { plainLane } from "../../../src/domain/lane-settings.ts";
import type { Queue, Store } from "../../../src/domain/ports/store.ts";
import { add, idsOf, put } from "../acts.ts";
import type { Check } from "../contract.ts";
import { ACCOUNT, AT, acked, claimed, LANE, OTHER_ACCOUNT, returned, told } from "../records.ts";

const queue: Queue = { account: ACCOUNT, lane: LANE, band: "normal", keptFor: null };
const takesTurns = (store: Store) => store.putLane({ ...plainLane(ACCOUNT, LANE), policy: "round-robin" });
const turns = async (store: Store, from = "", of = queue, limit = 50) =>
  idsOf(await store.turns(of, from, limit));

const A = { sourceId: "src_a" };
const B = { sourceId: "src_b" };

/** Lanes in which sources take turns. */
export function takingTurns(check: Check): void {
  check(
    "what waits comes by the name of its turn and then by arrival, from any name on",
    async ({ store }) => {
      await takesTurns(store);
      expect(await store.isSorted(ACCOUNT, LANE)).toBe(true);
      const [b1, a1, a2, b2] = [
        await add(store, B),
        await add(store, A),
        await add(store, A),
        await add(store, B),
      ];
      const person = await add(store, { origin: "chat" });
      const cron = await add(store, { origin: "cron", sourceId: "cron_1" });
      const message = await add(store, { origin: "message", sourceId: null, from: "deploys" });
      const all = idsOf([cron, message, a1, a2, b1, b2, person]);
      expect(await turns(store)).toEqual(all);
      expect(await turns(store, "", queue, 3)).toEqual(all.slice(0, 3));
      expect(await turns(store, "webhook src_a")).toEqual(all.slice(2));
      expect(await turns(store, "webhook src_a\0")).toEqual(idsOf([b1, b2, person]));
      expect(await turns(store, "~people\0")).toEqual([]);
    },
  );

  check(
    "each band, lane and account, and what is kept for a session, is a queue of its own",
    async ({ store }) => {
      await takesTurns(store);
      await store.putLane({ ...plainLane(OTHER_ACCOUNT, LANE), policy: "round-robin" });
      const normal = await add(store, A);
      const priority = await add(store, { ...A, priority: "priority" });
      const kept = await add(store, A, { addressee: "s1" });
      const theirs = await add(store, { ...A, account: OTHER_ACCOUNT });
      await add(store, { ...A, lane: "tag:other" });
      await put(store, returned(await put(store, claimed(await add(store, A), "s2"))));
      expect(await turns(store)).toEqual(idsOf([normal]));
      expect(await turns(store, "", { ...queue, band: "priority" })).toEqual(idsOf([priority]));
      expect(await turns(store, "", { ...queue, keptFor: "s1" })).toEqual(idsOf([kept]));
      expect(await turns(store, "", { ...queue, account: OTHER_ACCOUNT })).toEqual(idsOf([theirs]));
    },
  );

  check(
    "only what may be claimed has its turn, and what is delayed has it when its time has come",
    async ({ store }) => {
      await takesTurns(store);
      const delayed = await add(store, A, { delayMs: 1_000 });
      const held = await put(store, claimed(await add(store, A), "s1"));
      await put(store, acked(await put(store, claimed(await add(store, A), "s2"))));
      await put(store, told(await add(store, A), { type: "lapse" }));
      expect(await turns(store)).toEqual([]);
      const [timer] = delayed.actor.timers;
      // A machine does not list the events of its own timers.
      await put(store, told(delayed, { ...timer?.event } as Parameters<typeof told>[1]));
      await put(store, told(held, { type: "interrupt", at: AT }));
      expect(await turns(store)).toEqual(idsOf([delayed]));
    },
  );

  check("what waited before sources took turns has its turn, too", async (box) => {
    const { store } = box;
    const delayed = await add(store, A, { delayMs: 1_000 });
    const [b, a] = [await add(store, B), await add(store, A)];
    const kept = await add(store, B, { addressee: "s1" });
    expect(await store.isSorted(ACCOUNT, LANE)).toBe(false);
    await takesTurns(store);
    expect(await store.isSorted(ACCOUNT, LANE)).toBe(true);
    expect(await turns(store)).toEqual(idsOf([a, b]));
    expect(await turns(store, "", { ...queue, keptFor: "s1" })).toEqual(idsOf([kept]));
    const [timer] = delayed.actor.timers;
    await put(store, told(delayed, { ...timer?.event } as Parameters<typeof told>[1]));
    expect(await turns(store)).toEqual(idsOf([delayed, a, b]));
  });

  check("also what came while they did not, between two times when they did", async ({ store }) => {
    await takesTurns(store);
    const first = await add(store, A);
    await store.putLane(plainLane(ACCOUNT, LANE));
    expect(await store.isSorted(ACCOUNT, LANE)).toBe(false);
    const second = await add(store, A);
    await takesTurns(store);
    expect(await turns(store)).toEqual(idsOf([first, second]));
  });

  check("a newer event that takes an older one's place has its turn there", async ({ store }) => {
    await takesTurns(store);
    const older = await add(store, { ...A, details: { coalesceKey: "k" } });
    const behind = await add(store, A);
    const newer = { ...older, facts: { ...older.facts, id: `evt_${"9".repeat(26)}` }, seq: 0, rev: 0 };
    const content = { prompt: null, contentType: "text/plain", payload: "", marker: "m" };
    const supersedes = told(older, { type: "supersede", by: newer.facts.id });
    await store.commit([{ kind: "append", record: newer, content, supersedes }]);
    expect(await turns(store)).toEqual(idsOf([newer, behind]));
  });
}

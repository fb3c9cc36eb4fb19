import { expect } from "vitest";
import type { EventRecord } from "../../../src/domain/event.ts";
import { EVENT_STATES } from "../../../src/domain/event.ts";
import { laneOfTag } from "../../../src/domain/lane.ts";
import { add, idsOf, put } from "../acts.ts";
import type { Check } from "../contract.ts";
import { ACCOUNT, acked, claimed, LANE, returned } from "../records.ts";

export function listings(check: Check): void {
  check("events come newest first, of the states asked for", async ({ store }) => {
    const queued = await add(store);
    const done = await put(store, acked(await put(store, claimed(await add(store), "s1"))));
    const later = await add(store);
    const held = await put(store, claimed(await add(store), "s1"));

    const states = ["queued", "acked"] as const;
    expect(await store.events(ACCOUNT, { states, limit: 10 })).toEqual([later, done, queued]);
    expect(await store.events(ACCOUNT, { states: EVENT_STATES, limit: 2 })).toEqual([held, later]);
    expect(await store.events(ACCOUNT, { states: ["dead"], limit: 10 })).toEqual([]);
    expect(await store.events(ACCOUNT, { states: [], limit: 10 })).toEqual([]);
  });

  check(
    "what waits comes newest first over all lanes and bands, and is counted over them",
    async ({ store }) => {
      const lanes = [LANE, laneOfTag(null), laneOfTag("oncall")];
      const waiting: EventRecord[] = [];
      for (let i = 0; i < 12; i++) {
        const priority = i % 4 === 1 ? "interrupt" : "normal";
        const event = await add(store, { lane: lanes[i % 3] ?? LANE, priority });
        const back = i % 4 < 2 && (await put(store, returned(await put(store, claimed(event, "s1")))));
        waiting.unshift(back || event);
      }
      const states = ["queued", "returned"] as const;
      const inState = (state: string) => waiting.filter(({ actor }) => actor.value === state);
      for (const limit of [1, 3, 5, 12, 20]) {
        expect(await store.events(ACCOUNT, { states, limit })).toEqual(waiting.slice(0, limit));
        for (const state of states)
          expect(await store.events(ACCOUNT, { states: [state], limit })).toEqual(
            inState(state).slice(0, limit),
          );
      }
      for (const lane of lanes)
        expect(await store.events(ACCOUNT, { states, lane, limit: 3 })).toEqual(
          waiting.filter(({ facts }) => facts.lane === lane).slice(0, 3),
        );
      expect(await store.counts(ACCOUNT, 5)).toEqual({ queued: 5, returned: 5 });
      expect(await store.counts(ACCOUNT, 9)).toEqual({ queued: 6, returned: 6 });
    },
  );

  check("a state that is named twice gives its events once", async ({ store }) => {
    const queued = await add(store);
    expect(await store.events(ACCOUNT, { states: ["queued", "queued"], limit: 10 })).toEqual([queued]);
  });

  check("events can be those of one lane", async ({ store }) => {
    const here = [await add(store), await put(store, claimed(await add(store), "s1"))];
    await add(store, { lane: laneOfTag(null) });
    const found = await store.events(ACCOUNT, { states: ["queued", "dispatching"], lane: LANE, limit: 10 });
    expect(idsOf(found)).toEqual(idsOf(here.toReversed()));
  });

  check(
    "counts tells how many events are in each state, no further than it is asked to",
    async ({ store }) => {
      for (let i = 0; i < 4; i++) await add(store);
      await add(store, {}, { birth: "dropped" });
      await put(store, claimed(await add(store), "s1"));
      expect(await store.counts(ACCOUNT, 100)).toEqual({ queued: 4, dropped: 1, dispatching: 1 });
      expect(await store.counts(ACCOUNT, 2)).toEqual({ queued: 2, dropped: 1, dispatching: 1 });
    },
  );

  check("an empty store has nothing to list", async ({ store }) => {
    expect(await store.events(ACCOUNT, { states: EVENT_STATES, limit: 10 })).toEqual([]);
    expect(await store.counts(ACCOUNT, 10)).toEqual({});
    expect(await store.claims()).toEqual([]);
    expect(await store.sessions(null)).toEqual([]);
    expect(await store.accounts()).toEqual([]);
  });
}

import { expect } from "vitest";
import { plainLane } from "../../../src/domain/lane-settings.ts";
import { add, put } from "../acts.ts";
import type { Check } from "../contract.ts";
import { ACCOUNT, AT, claimed, LANE, OTHER_ACCOUNT } from "../records.ts";

/** What is said of lanes, and how deep they are. */
export function laneRecords(check: Check): void {
  const paused = {
    ...plainLane(ACCOUNT, LANE),
    paused: { since: AT, by: "laptop", reason: "release" },
    maxDepth: 10,
    policy: "round-robin" as const,
  };

  check("what is said of a lane is read back as it was, and changed as a whole", async ({ store }) => {
    expect(await store.lane(ACCOUNT, LANE)).toBeNull();
    await store.putLane(paused);
    expect(await store.lane(ACCOUNT, LANE)).toEqual(paused);
    const resumed = { ...paused, paused: null, policy: "fifo" as const };
    await store.putLane(resumed);
    expect(await store.lane(ACCOUNT, LANE)).toEqual(resumed);
  });

  check("a lane of which nothing more is said has no record", async ({ store }) => {
    await store.putLane(paused);
    await store.putLane(plainLane(ACCOUNT, LANE));
    expect(await store.lane(ACCOUNT, LANE)).toBeNull();
    expect(await store.lanes(ACCOUNT)).toEqual([]);
  });

  check("lanes of the same name in two accounts are two", async ({ store }) => {
    const theirs = { ...plainLane(OTHER_ACCOUNT, LANE), maxDepth: 3 };
    const other = { ...plainLane(ACCOUNT, "tag:other"), maxDepth: 4 };
    for (const settings of [paused, theirs, other]) await store.putLane(settings);
    expect(await store.lanes(ACCOUNT)).toEqual([paused, other]);
    expect(await store.lane(OTHER_ACCOUNT, LANE)).toEqual(theirs);
  });

  check(
    "a lane is full when so many wait or are delayed; what is in hand takes no room",
    async ({ store }) => {
      const full = (depth: number) => store.isFull(ACCOUNT, LANE, depth);
      expect(await full(1)).toBe(false);
      const first = await add(store);
      await add(store, {}, { delayMs: 60_000 });
      await add(store, { lane: "tag:other" });
      await add(store, { account: OTHER_ACCOUNT });
      await add(store, {}, { birth: "dropped" });
      expect([await full(1), await full(2), await full(3)]).toEqual([true, true, false]);
      await put(store, claimed(first, "s1"));
      expect([await full(1), await full(2)]).toEqual([true, false]);
      await add(store);
      expect([await full(2), await full(3)]).toEqual([true, false]);
    },
  );
}

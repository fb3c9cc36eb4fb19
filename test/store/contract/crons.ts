import { expect } from "vitest";
import type { CronRecord } from "../../../src/domain/cron.ts";
import { commitOne, mustStore } from "../acts.ts";
import type { Box, Check } from "../contract.ts";
import { cronTold, someCron } from "../crons.ts";
import { ACCOUNT, AT, OTHER_ACCOUNT } from "../records.ts";

/** Crons are found by their account, and by when they are due. */
export function cronRecords(check: Check): void {
  const add = async ({ store }: Box, record: CronRecord): Promise<CronRecord> => {
    await mustStore(store, { kind: "cron", record });
    return { ...record, rev: record.rev + 1 };
  };
  const idsOf = (records: readonly CronRecord[]) => records.map(({ id }) => id);

  check("a cron of rev 0 is made once, and read back as it was", async (box) => {
    const full = await add(
      box,
      someCron(
        {
          label: null,
          priority: "interrupt",
          options: { remindSeconds: 60, hops: 2, cause: { event: "evt_1", origin: "webhook", from: "ci" } },
        },
        { maxLatenessMs: 60_000, misfire: "all" },
      ),
    );
    expect(await box.store.cron(ACCOUNT, full.id)).toEqual(full);
    expect(await box.store.cron(ACCOUNT, "cron_none")).toBeNull();
    expect(
      await commitOne(box.store, { kind: "cron", record: { ...full, rev: 0, prompt: "other" } }),
    ).toEqual({
      kind: "conflict",
    });
    expect(await box.store.cron(ACCOUNT, full.id)).toEqual(full);
  });

  check("a cron is replaced by the write that names its rev, and by no other", async (box) => {
    const made = await add(box, someCron());
    const changed = { ...made, prompt: "/other", label: null, lane: "tag:", priority: "priority" as const };
    const stored = await add(box, changed);
    expect(await box.store.cron(ACCOUNT, made.id)).toEqual(stored);
    expect(await commitOne(box.store, { kind: "cron", record: changed })).toEqual({ kind: "conflict" });
    expect(await box.store.cron(ACCOUNT, made.id)).toEqual(stored);
  });

  check("a write that comes after the cron was removed does not bring it back", async (box) => {
    const made = await add(box, someCron());
    expect(await box.store.removeCron(ACCOUNT, made.id)).toBe(true);
    expect(await box.store.removeCron(ACCOUNT, made.id)).toBe(false);
    expect(await commitOne(box.store, { kind: "cron", record: made })).toEqual({ kind: "conflict" });
    expect(await box.store.cron(ACCOUNT, made.id)).toBeNull();
    expect(await box.store.nextCronDue()).toBeNull();
  });

  check(
    "crons are listed in the order of their ids, from behind one of them, no more than asked for",
    async (box) => {
      const all = [];
      for (let i = 0; i < 5; i++) all.push(await add(box, someCron()));
      await add(box, someCron({ account: OTHER_ACCOUNT }));
      const ids = idsOf(all).sort();
      expect(idsOf(await box.store.crons(ACCOUNT, "", 10))).toEqual(ids);
      expect(idsOf(await box.store.crons(ACCOUNT, "", 2))).toEqual(ids.slice(0, 2));
      expect([await box.store.countCrons(ACCOUNT, 10), await box.store.countCrons(ACCOUNT, 2)]).toEqual([
        5, 2,
      ]);
      expect(idsOf(await box.store.crons(ACCOUNT, ids[1] ?? "", 2))).toEqual(ids.slice(2, 4));
      expect(idsOf(await box.store.crons(ACCOUNT, ids[4] ?? "", 2))).toEqual([]);
    },
  );

  check(
    "crons that are due come earliest first, of all accounts; nextCronDue says when the first is",
    async (box) => {
      const { store } = box;
      expect(await store.nextCronDue()).toBeNull();
      const later = await add(box, someCron({}, { expression: "0 * * * *" }));
      const soon = await add(box, someCron({ account: OTHER_ACCOUNT }));
      const soonAt = soon.actor.context.nextAt ?? 0;
      const laterAt = later.actor.context.nextAt ?? 0;
      expect(soonAt).toBeLessThan(laterAt);
      expect(await store.nextCronDue()).toBe(soonAt);
      expect(await store.dueCrons(soonAt - 1, 10)).toEqual([]);
      expect(await store.dueCrons(soonAt, 10)).toEqual([soon]);
      expect(await store.dueCrons(laterAt, 10)).toEqual([soon, later]);
      expect(await store.dueCrons(laterAt, 1)).toEqual([soon]);
      expect(await store.dueCrons(laterAt, 10, 1)).toEqual([later]);
      expect(await store.dueCrons(laterAt, 10, 2)).toEqual([]);
    },
  );

  check("a cron that has fired is due at its next time, and one that is paused never", async (box) => {
    const { store } = box;
    const made = await add(box, someCron());
    const at = made.actor.context.nextAt ?? 0;
    const fired = await add(box, cronTold(made, { type: "tick", at, busy: false }));
    expect(await store.nextCronDue()).toBe(at + 300_000);
    await add(box, cronTold(fired, { type: "pause", at }));
    expect(await store.nextCronDue()).toBeNull();
    expect(await store.dueCrons(Number.MAX_SAFE_INTEGER, 10)).toEqual([]);
  });

  check("what was reckoned by a clock that was ahead is found, unless it is paused", async (box) => {
    const { store } = box;
    const made = await add(box, someCron());
    await add(box, cronTold(await add(box, someCron()), { type: "pause", at: AT }));
    expect(await store.cronsAhead(AT - 1, 10)).toEqual([made]);
    expect(await store.cronsAhead(AT, 10)).toEqual([]);
  });

  check("a cron is neither seen, changed nor removed from another account", async (box) => {
    const { store } = box;
    const mine = await add(box, someCron());
    expect(await store.cron(OTHER_ACCOUNT, mine.id)).toBeNull();
    expect(await store.crons(OTHER_ACCOUNT, "", 10)).toEqual([]);
    const theirs = { ...mine, account: OTHER_ACCOUNT };
    expect(await commitOne(store, { kind: "cron", record: theirs })).toEqual({ kind: "conflict" });
    expect(await commitOne(store, { kind: "cron", record: { ...theirs, rev: 0 } })).toEqual({
      kind: "conflict",
    });
    expect(await store.removeCron(OTHER_ACCOUNT, mine.id)).toBe(false);
    expect(await store.cron(ACCOUNT, mine.id)).toEqual(mine);
  });
}

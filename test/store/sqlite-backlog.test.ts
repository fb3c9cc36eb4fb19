import type { DatabaseSync } from "node:sqlite";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { ENDED, EVENT_STATES, type EventRecord } from "../../src/domain/event.ts";
import { laneOfTag } from "../../src/domain/lane.ts";
import { plainLane } from "../../src/domain/lane-settings.ts";
import type { Queue, Store } from "../../src/domain/ports/store.ts";
import { openDatabase } from "../../src/store/sqlite/open.ts";
import { sqliteStore } from "../../src/store/sqlite/store.ts";
import { cpuMsOf } from "../world/cpu-time.ts";
import { add, mustStore, put } from "./acts.ts";
import { someCron } from "./crons.ts";
import { ACCOUNT, AT, acked, claimed, LANE, OTHER_ACCOUNT, returned } from "./records.ts";

const BACKLOG = 200_000;
let db: DatabaseSync;
let store: Store;
let statements: string[];

beforeAll(async () => {
  db = openDatabase({ path: ":memory:" });
  const prepare = vi.spyOn(db, "prepare");
  store = sqliteStore(db, ":memory:");
  statements = prepare.mock.calls.map(([sql]) => sql);
  prepare.mockRestore();
});

/** Copies of one event, by SQL because a test has no time to append so many. */
function multiply(id: string, times: number): void {
  const columns = `account, lane, origin, priority, "from", type, received_at, bytes, state, band, due_at, ended_at, rev, actor`;
  db.prepare(`
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
    INSERT INTO events (id, ${columns}) SELECT events.id || n.i, ${columns} FROM n JOIN events ON events.id = ?
  `).run(times, id);
}

describe("every statement", () => {
  test("that reads or changes events, sessions and crons is led by an index and sorts nothing", () => {
    const touching = statements.filter(
      (sql) => /\b(events|sessions|crons)\b/.test(sql) && !/^\s*INSERT/.test(sql),
    );
    expect(touching.length).toBeGreaterThan(15);
    for (const sql of touching) {
      const plan = db
        .prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .map(({ detail }) => String(detail));
      for (const line of plan) {
        // What is in hand is as much as there are sessions, however many events there are.
        const allowed = sql.includes("claimed_by IS NOT NULL") ? /TEMP B-TREE FOR ORDER BY/ : /^$/;
        if (allowed.test(line)) continue;
        expect(line, sql).toMatch(
          /USING (COVERING )?INDEX|USING (INTEGER )?PRIMARY KEY|CO-ROUTINE|SCAN \(subquery|^CORRELATED SCALAR SUBQUERY|COMPOUND QUERY|LEFT-MOST SUBQUERY|UNION ALL/,
        );
      }
    }
  });

  test("that looks for an account or a token is led by an index, however many people have signed in", () => {
    const looking = statements.filter((sql) =>
      /FROM (accounts|tokens|sign_in_codes) WHERE (?!expires_at)/.test(sql),
    );
    expect(looking.length).toBeGreaterThan(5);
    for (const sql of looking.filter((one) => !/sign_in_codes WHERE (account|hash IN)/.test(one))) {
      const plan = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
      for (const { detail } of plan)
        expect(String(detail), sql).toMatch(/USING (INDEX|PRIMARY KEY)|TEMP B-TREE/);
    }
  });

  test("the heads of a lane are read off the index of its order", () => {
    const heads = statements.filter((sql) => sql.includes("ORDER BY band"));
    expect(heads).toHaveLength(4);
    const plans = heads.map((sql) => db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all());
    expect(plans.map((plan) => plan.map(({ detail }) => detail)).sort()).toEqual([
      ["SEARCH events USING INDEX events_kept (account=? AND lane=? AND kept_for=?)"],
      ["SEARCH events USING INDEX events_order (account=? AND lane=?)"],
      ["SEARCH events USING INDEX events_order (account=? AND lane=?)"],
      ["SEARCH events USING INDEX events_order (account=? AND lane=?)"],
    ]);
  });
});

test("the next source's event is read off the index of turns", () => {
  const turns = statements.filter((sql) => sql.includes("ORDER BY turn"));
  expect(turns).toHaveLength(1);
  const plan = db.prepare(`EXPLAIN QUERY PLAN ${turns[0]}`).all();
  expect(plan.map(({ detail }) => detail)).toEqual([
    "SEARCH events USING INDEX events_turns (account=? AND lane=? AND kept_for=? AND band=? AND turn>?)",
  ]);
});

describe(`with ${BACKLOG} events waiting`, () => {
  beforeAll(async () => {
    const waiting = await add(store);
    const scheduled = await add(store, { account: OTHER_ACCOUNT }, { delayMs: 60_000 });
    const done = await put(store, acked(await put(store, claimed(await add(store), "s1"))));
    multiply(waiting.facts.id, BACKLOG);
    multiply(scheduled.facts.id, 20_000);
    multiply(done.facts.id, 20_000);
  });

  const questions: Record<string, () => Promise<unknown>> = {
    heads: () => store.heads(ACCOUNT, LANE, 2),
    "waiting, up to 1000": () => store.waiting(ACCOUNT, LANE, 1_000),
    due: () => store.due(AT + 60_000, 10),
    nextDue: () => store.nextDue(),
    claims: () => store.claims(),
    "the newest of a state": () => store.events(ACCOUNT, { states: ["queued", "acked", "dead"], limit: 20 }),
    "the newest of a lane": () => store.events(ACCOUNT, { states: ["acked", "dead"], lane: LANE, limit: 20 }),
    "the newest of a lane that has none": () =>
      store.events(ACCOUNT, { states: EVENT_STATES, lane: laneOfTag("empty"), limit: 20 }),
    "the newest that has ended": () => store.ended(ACCOUNT, { states: ENDED, order: "newest", limit: 100 }),
    "what ended longest ago": () =>
      store.ended(ACCOUNT, { states: ENDED, until: AT + 1, order: "oldest", limit: 100 }),
    "the newest that has ended, of a source that has none": () =>
      store.ended(ACCOUNT, { states: ENDED, from: "none", order: "newest", limit: 20 }),
    "what is to be replayed": () =>
      store.ended(ACCOUNT, { states: ["acked"], unreplayed: true, order: "oldest", limit: 100 }),
    "how much is to be replayed, up to 1000": () => store.unreplayed(ACCOUNT, { states: ["acked"] }, 1_000),
    "counts, up to 1000": () => store.counts(ACCOUNT, 1_000),
    "a step": async () => {
      const [head] = await store.heads(ACCOUNT, LANE, 1);
      if (head === undefined) throw new Error("nothing waits");
      await put(store, returned(await put(store, claimed(head, "s1"))));
    },
  };
  for (const [question, ask] of Object.entries(questions)) {
    test(`${question} is no scan of them`, async () => {
      const scan = db.prepare("SELECT sum(length(actor)) FROM events");
      const [asked, scanned] = [await cpuMsOf(ask), await cpuMsOf(() => scan.get())];
      // A lane that has none is looked for among the index entries of its account: the dearest of them.
      expect(asked).toBeLessThan(scanned / 3);
    });
  }

  test("what comes back stands before all of them", async () => {
    const last = await add(store);
    await put(store, returned(await put(store, claimed(last, "s2"))));
    const heads = await store.heads(ACCOUNT, LANE, 2);
    expect(heads.map(({ actor }) => actor.value)).toEqual(["returned", "returned"]);
    expect(heads[1]?.facts.id).toBe(last.facts.id);
  });
});

describe(`with ${BACKLOG} events in a lane whose sources take turns`, () => {
  const queue: Queue = { account: ACCOUNT, lane: LANE, band: "normal", keptFor: null };
  let other: EventRecord;

  beforeAll(async () => {
    other = await add(store, { sourceId: "src_zzz" });
    await store.putLane({ ...plainLane(ACCOUNT, LANE), policy: "round-robin" });
    await vi.waitFor(async () => expect(await store.isSorted(ACCOUNT, LANE)).toBe(true), 60_000);
  }, 60_000);

  const questions: Record<string, () => Promise<unknown>> = {
    "the first of the first source": () => store.turns(queue, "", 1),
    "the first of the last one": async () =>
      expect(await store.turns(queue, "webhook src_b", 1)).toMatchObject([{ facts: { id: other.facts.id } }]),
    "that there are no more": async () => expect(await store.turns(queue, "~", 1)).toEqual([]),
  };
  for (const [question, ask] of Object.entries(questions)) {
    test(`${question} is no scan of them`, async () => {
      const scan = db.prepare("SELECT sum(length(actor)) FROM events");
      const [asked, scanned] = [await cpuMsOf(ask), await cpuMsOf(() => scan.get())];
      expect(asked).toBeLessThan(scanned / 20);
    });
  }
});

const CRONS = 100_000;

describe(`with ${CRONS} crons`, () => {
  beforeAll(async () => {
    const record = someCron({}, { expression: "0 0 * * *" });
    await mustStore(store, { kind: "cron", record });
    const columns =
      "account, label, prompt, lane, priority, options, created_at, state, next_at, reckoned_at, rev, actor";
    db.prepare(`
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
      INSERT INTO crons (id, ${columns}) SELECT crons.id || n.i, ${columns} FROM n JOIN crons ON crons.id = ?
    `).run(CRONS, record.id);
  });

  const questions: Record<string, () => Promise<unknown>> = {
    dueCrons: () => store.dueCrons(AT, 50),
    "dueCrons, where all are due": () => store.dueCrons(Number.MAX_SAFE_INTEGER, 50),
    nextCronDue: () => store.nextCronDue(),
    cronsAhead: () => store.cronsAhead(AT, 50),
    "a page of them": () => store.crons(ACCOUNT, "", 50),
  };
  for (const [question, ask] of Object.entries(questions)) {
    test(`${question} is no scan of them`, async () => {
      const scan = db.prepare("SELECT sum(length(actor)) FROM crons");
      const [asked, scanned] = [await cpuMsOf(ask), await cpuMsOf(() => scan.get())];
      expect(asked).toBeLessThan(scanned / 3);
    });
  }
});

/** What the store remembers of events is what stands in the file. */
import type { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Store } from "../../src/domain/ports/store.ts";
import { openDatabase } from "../../src/store/sqlite/open.ts";
import { sqliteStore } from "../../src/store/sqlite/store.ts";
import { add, commitOne, mustStore, put, stored } from "./acts.ts";
import { newFile } from "./files.ts";
import {
  ACCOUNT,
  AT,
  acked,
  append,
  claimed,
  LANE,
  newEvent,
  newSession,
  returned,
  sessionTold,
} from "./records.ts";

const broken = Object.assign(new Error("disk I/O error"), { code: "ERR_SQLITE_ERROR", errcode: 10 });

let db: DatabaseSync;
let store: Store;

beforeEach(() => {
  const path = newFile();
  db = openDatabase({ path });
  store = sqliteStore(db, path);
});

afterEach(() => store.close());

/** Each of these sayings fails until what is returned is called. */
function breakSaying(...sayings: string[]): () => void {
  const exec = db.exec.bind(db);
  const spy = vi.spyOn(db, "exec").mockImplementation((sql) => {
    if (sayings.includes(sql)) throw broken;
    exec(sql);
  });
  return () => spy.mockRestore();
}

test("a transaction that could neither be ended nor undone is not remembered as stored", async () => {
  const held = await put(store, claimed(await add(store), "s1"));
  const mend = breakSaying("COMMIT", "ROLLBACK");
  await expect(commitOne(store, { kind: "event", record: returned(held) })).rejects.toMatchObject({
    code: "store_io",
  });
  // The disk is still ill, and the lane is looked at.
  await store.heads(ACCOUNT, LANE, 1).catch(() => {});
  mend();
  await add(store, { lane: "tag:other" });
  expect(await stored(store, held.facts.id)).toEqual(held);
  expect(await store.claimOf(ACCOUNT, "s1")).toEqual(held);
  expect(await commitOne(store, { kind: "event", record: acked(held) })).toEqual({ kind: "stored" });
});

test("a COMMIT that fails after it has committed is read from the file", async () => {
  const held = await put(store, claimed(await add(store), "s1"));
  const exec = db.exec.bind(db);
  const spy = vi.spyOn(db, "exec").mockImplementation((sql) => {
    exec(sql);
    if (sql === "COMMIT") throw broken;
  });
  await expect(commitOne(store, { kind: "event", record: returned(held) })).rejects.toMatchObject({
    code: "store_io",
  });
  spy.mockRestore();
  expect((await stored(store, held.facts.id)).rev).toBe(held.rev + 1);
  expect(await store.claimOf(ACCOUNT, "s1")).toBeNull();
});

test("a write that loses has its event read anew", async () => {
  const held = await put(store, claimed(await add(store), "s1"));
  // As by another process that may not be there.
  db.prepare("UPDATE events SET rev = rev + 1 WHERE id = ?").run(held.facts.id);
  expect(await commitOne(store, { kind: "event", record: acked(held) })).toEqual({ kind: "conflict" });
  expect((await stored(store, held.facts.id)).rev).toBe(held.rev + 1);
});

test("one job that throws takes nothing from what the others have written, and leaves nothing of its own", async () => {
  const held = await put(store, claimed(await add(store), "s1"));
  const bad = newEvent();
  const results = await Promise.allSettled([
    store.commit([{ kind: "event", record: acked(held) }]),
    store.commit([
      append(claimed(bad, "s2")),
      append({ ...newEvent(), facts: { ...bad.facts, id: null as never } }),
    ]),
  ]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  expect((await stored(store, held.facts.id)).rev).toBe(held.rev + 1);
  expect(await store.event(bad.facts.id)).toBeNull();
  expect(await store.claimOf(ACCOUNT, "s2")).toBeNull();
});

test("a session is as it was last stored, also when its next write loses or fails", async () => {
  await mustStore(store, { kind: "session", record: newSession("s1") });
  const seen = await store.session(ACCOUNT, "s1");
  if (seen === null) throw new Error("the session is not there");
  const away = sessionTold(seen, { type: "lost", at: AT });
  const mend = breakSaying("COMMIT");
  await expect(commitOne(store, { kind: "session", record: away })).rejects.toMatchObject({
    code: "store_io",
  });
  mend();
  expect(await store.session(ACCOUNT, "s1")).toEqual(seen);
  // As by another process that may not be there.
  db.prepare("UPDATE sessions SET rev = rev + 1 WHERE id = 's1'").run();
  expect(await commitOne(store, { kind: "session", record: away })).toEqual({ kind: "conflict" });
  expect((await store.session(ACCOUNT, "s1"))?.rev).toBe(seen.rev + 1);
});

test("what waits is counted anew after each commit", async () => {
  const count = () => store.waiting(ACCOUNT, LANE, 5);
  expect(await count()).toBe(0);
  await add(store);
  expect(await count()).toBe(1);
  expect(await store.waiting(ACCOUNT, LANE, 1)).toBe(1);
  await add(store);
  expect(await count()).toBe(2);
  await put(store, claimed((await store.heads(ACCOUNT, LANE, 1))[0] ?? newEvent(), "s1"));
  expect(await count()).toBe(1);
});

test("the content of an event that is claimed as it comes is what was stored, once it is stored", async () => {
  const mend = breakSaying("COMMIT");
  const [lost, kept] = [claimed(newEvent(), "s1"), claimed(newEvent(), "s1")];
  await expect(commitOne(store, append(lost))).rejects.toMatchObject({ code: "store_io" });
  mend();
  expect(await store.content(lost.facts.id)).toBeNull();
  await mustStore(store, append(kept));
  expect(await store.content(kept.facts.id)).toMatchObject({ payload: expect.any(String) });
  expect(await store.content(kept.facts.id)).toEqual(await sqliteStore(db, "").content(kept.facts.id));
  expect(await store.content(lost.facts.id)).toBeNull();
});

test("however it was counted before, what waits is what waits", async () => {
  let left = 0;
  const check = async () => {
    for (const most of [1, 2, 5, 20, 2_000])
      expect(await store.waiting(ACCOUNT, LANE, most), `${left} wait`).toBe(Math.min(left, most));
  };
  await check();
  while (left < 8) {
    await add(store);
    left += 1;
    await add(store, { lane: "tag:other" });
    await check();
  }
  while (left > 0) {
    const [head] = await store.heads(ACCOUNT, LANE, 1);
    if (head === undefined) throw new Error("nothing waits");
    await put(store, acked(await put(store, claimed(head, "s1"))));
    left -= 1;
    await check();
  }
});

test("who has what in hand is known after each way in which a claim comes and goes", async () => {
  const handOf = async (session: string) => (await store.claimOf(ACCOUNT, session))?.facts.id ?? null;
  expect(await handOf("s1")).toBeNull();
  const first = await put(store, claimed(await add(store), "s1"));
  expect(await handOf("s1")).toBe(first.facts.id);
  // An ack and the next claim in one commit.
  const second = claimed(await add(store), "s1");
  await store.commit([
    { kind: "event", record: acked(first) },
    { kind: "event", record: second },
  ]);
  expect(await handOf("s1")).toBe(second.facts.id);
  const held = await stored(store, second.facts.id);
  // From one hand into another.
  const back = await put(store, returned(held));
  expect(await handOf("s1")).toBeNull();
  const third = await put(store, claimed(back, "s2"));
  expect([await handOf("s1"), await handOf("s2")]).toEqual([null, third.facts.id]);
  const mend = breakSaying("COMMIT");
  await expect(commitOne(store, { kind: "event", record: acked(third) })).rejects.toMatchObject({
    code: "store_io",
  });
  mend();
  expect(await handOf("s2")).toBe(third.facts.id);
  await mustStore(store, append(claimed(newEvent(), "s1")));
  expect(await handOf("s1")).not.toBeNull();
});

test("the first of a lane is looked for anew after each commit", async () => {
  const headId = async () => (await store.heads(ACCOUNT, LANE, 1))[0]?.facts.id;
  expect(await headId()).toBeUndefined();
  const first = await add(store);
  const second = await add(store);
  expect(await headId()).toBe(first.facts.id);
  const held = await put(store, claimed(first, "s1"));
  expect(await headId()).toBe(second.facts.id);
  await put(store, returned(held));
  expect(await headId()).toBe(first.facts.id);
});

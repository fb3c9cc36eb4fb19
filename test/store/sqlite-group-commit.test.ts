import type { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Store } from "../../src/domain/ports/store.ts";
import { openDatabase } from "../../src/store/sqlite/open.ts";
import { sqliteStore } from "../../src/store/sqlite/store.ts";
import { add } from "./acts.ts";
import { newFile } from "./files.ts";
import { ACCOUNT, AT, append, LANE, newContent, newEvent, newSession } from "./records.ts";
import { newToken } from "./settings.ts";

let db: DatabaseSync;
let store: Store;
let flushes: (() => void)[];
let exec: (sql: string) => void;

const flush = (): void => {
  for (const each of flushes.splice(0)) each();
};

/** How often this was said to SQLite. */
const said = (sql: string): number => vi.mocked(db.exec).mock.calls.filter(([text]) => text === sql).length;

beforeEach(() => {
  const path = newFile();
  db = openDatabase({ path });
  exec = db.exec.bind(db);
  vi.spyOn(db, "exec");
  flushes = [];
  store = sqliteStore(db, path, { schedule: (each) => flushes.push(each) });
});

afterEach(() => store.close());

/** Asked and committed at once. */
async function flushed<T>(asked: Promise<T>): Promise<T> {
  flush();
  return asked;
}

test("what waits shares one transaction, whatever it is", async () => {
  const all = Promise.all([
    ...Array.from({ length: 20 }, () => store.commit([append(newEvent()), append(newEvent())])),
    store.commit([{ kind: "session", record: newSession("s1") }]),
    store.putToken(newToken()),
    store.noteAlive(AT),
  ]);
  expect(flushes).toHaveLength(1);
  flush();
  await all;
  expect(said("COMMIT")).toBe(1);
  expect(await store.waiting(ACCOUNT, LANE, 100)).toBe(40);
  expect(await store.aliveAt()).toBe(AT);
});

test("nobody is answered before COMMIT has returned", async () => {
  const answered: string[] = [];
  const asked = store.commit([append(newEvent())]).then(() => answered.push("answer"));
  await new Promise((resolve) => setImmediate(resolve));
  expect(answered).toEqual([]);

  vi.mocked(db.exec).mockImplementation((sql) => {
    exec(sql);
    if (sql === "COMMIT") answered.push("commit");
  });
  flush();
  await asked;
  expect(answered).toEqual(["commit", "answer"]);
});

test("a flood is cut into transactions that each stay short", async () => {
  const all = Promise.all(Array.from({ length: 1_200 }, () => store.commit([append(newEvent())])));
  while (flushes.length > 0) flush();
  await all;
  expect(said("COMMIT")).toBe(3);
  expect(await store.waiting(ACCOUNT, LANE, 2_000)).toBe(1_200);
});

test("as long as each turn of the event loop brings more, the commit waits; who comes alone waits for one", async () => {
  const file = newFile();
  const database = openDatabase({ path: file });
  const commits = vi.spyOn(database, "exec");
  const filled = sqliteStore(database, file);
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const committed = () => commits.mock.calls.filter(([text]) => text === "COMMIT").length;

  const all = [filled.commit([append(newEvent())])];
  for (let i = 0; i < 10; i++) {
    all.push(filled.commit([append(newEvent())]));
    await turn();
  }
  expect(committed()).toBe(0);
  await Promise.all(all);
  expect(committed()).toBe(1);

  const alone = filled.commit([append(newEvent())]);
  await turn();
  expect(committed()).toBe(2);
  await alone;

  // A stream that never pauses is not waited for to its end.
  const stream: Promise<unknown>[] = [];
  while (committed() === 2) {
    stream.push(filled.commit([append(newEvent())]));
    await turn();
  }
  expect(stream.length).toBeLessThanOrEqual(65);
  await Promise.all(stream);
  await filled.close();
});

test("the pulse goes alone where nothing else waits", async () => {
  const noted = store.noteAlive(AT);
  expect(flushes).toHaveLength(1);
  await flushed(noted);
  expect(await store.aliveAt()).toBe(AT);
});

test("a write that is a bug harms nobody who waits with it", async () => {
  const good = newEvent();
  // The machine passes through this state; it is never one to be stored.
  const { actor, ...rest } = newEvent();
  const bad = { ...rest, actor: { ...actor, value: "arriving" } };
  const results = Promise.allSettled([
    store.commit([append(newEvent()), append(bad)]),
    store.commit([append(good)]),
    store.putToken(newToken()),
    store.putToken(newToken()),
  ]);
  flush();
  expect((await results).map(({ status }) => status)).toEqual([
    "rejected",
    "fulfilled",
    "fulfilled",
    "rejected",
  ]);
  // Nor is it stored by half.
  expect(await store.waiting(ACCOUNT, LANE, 10)).toBe(1);
  expect(await store.event(good.facts.id)).not.toBeNull();
});

describe("when the disk is full", () => {
  const big = () => store.commit([append(newEvent(), newContent("x".repeat(200_000)))]);
  const pages = (): number => Number(Object.values(db.prepare("PRAGMA page_count").get() ?? {})[0]);

  test("all who wait are told so, nothing is half written, and it works again when there is room", async () => {
    const before = await flushed(add(store));
    db.exec(`PRAGMA max_page_count = ${pages() + 8}`);

    const small = newEvent();
    const results = Promise.allSettled([store.commit([append(small)]), big(), big()]);
    flush();
    for (const result of await results) {
      expect(result).toMatchObject({
        status: "rejected",
        reason: { kind: "unavailable", code: "store_full", cure: expect.stringContaining("Free space") },
      });
    }
    expect(db.isTransaction).toBe(false);
    expect(await store.event(small.facts.id)).toBeNull();
    expect(await store.heads(ACCOUNT, LANE, 10)).toEqual([before]);
    expect(db.prepare("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }]);

    // What fits is still stored.
    expect(await flushed(store.commit([append(small)]))).toEqual([{ kind: "stored" }]);

    db.exec("PRAGMA max_page_count = 100000");
    expect(await flushed(big())).toEqual([{ kind: "stored" }]);
    expect(await store.waiting(ACCOUNT, LANE, 10)).toBe(3);
  });

  test("a COMMIT that fails leaves nothing, and the next one succeeds", async () => {
    const broken = Object.assign(new Error("disk I/O error"), { code: "ERR_SQLITE_ERROR", errcode: 1034 });
    vi.mocked(db.exec).mockImplementation((sql) => {
      if (sql === "COMMIT") throw broken;
      exec(sql);
    });
    const record = newEvent();
    await expect(flushed(store.commit([append(record)]))).rejects.toMatchObject({
      kind: "unavailable",
      code: "store_io",
      cause: broken,
    });
    expect(await store.event(record.facts.id)).toBeNull();

    vi.mocked(db.exec).mockRestore();
    expect(await flushed(store.commit([append(record)]))).toEqual([{ kind: "stored" }]);
  });

  test("also a ROLLBACK that fails does not end the store", async () => {
    const broken = Object.assign(new Error("disk I/O error"), { code: "ERR_SQLITE_ERROR", errcode: 10 });
    vi.mocked(db.exec).mockImplementation((sql) => {
      if (sql === "COMMIT" || sql === "ROLLBACK") throw broken;
      exec(sql);
    });
    await expect(flushed(store.commit([append(newEvent())]))).rejects.toMatchObject({ code: "store_io" });
    vi.mocked(db.exec).mockRestore();
    expect(await flushed(store.commit([append(newEvent())]))).toEqual([{ kind: "stored" }]);
    expect(await store.waiting(ACCOUNT, LANE, 10)).toBe(1);
  });
});

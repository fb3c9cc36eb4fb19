import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { afterEach, expect, test, vi } from "vitest";
import { type Checkpoints, checkpoints } from "../../src/store/sqlite/checkpoint.ts";
import { openDatabase } from "../../src/store/sqlite/open.ts";
import { sqliteStore } from "../../src/store/sqlite/store.ts";
import { until } from "../world/until.ts";
import { newFile } from "./files.ts";

const PAGE = 8_192;

const AT_ONCE = { quietMs: 1, least: 1_000, many: 8_192, lookMs: 1, little: 512, long: 8_192, restMs: 1 };

interface Written {
  db: DatabaseSync;
  beside: Checkpoints;
  fail: ReturnType<typeof vi.fn>;
}

const open: Written[] = [];

function written(pace = AT_ONCE, file = newFile()): Written {
  const db = openDatabase({ path: file });
  db.exec("CREATE TABLE filler (text TEXT)");
  const fail = vi.fn();
  const made = { db, beside: checkpoints(db, file, fail, pace), fail };
  open.push(made);
  return made;
}

afterEach(async () => {
  for (const { db, beside } of open.splice(0)) {
    await beside.close();
    if (db.isOpen) db.close();
  }
});

/** Pages of the WAL that are not yet in the file. */
function behind({ db }: Written): number {
  const { log, checkpointed } = db.prepare("PRAGMA wal_checkpoint(NOOP)").get() ?? {};
  return Number(log) - Number(checkpointed);
}

function commit({ db, beside }: Written, pages: number): void {
  db.prepare("INSERT INTO filler (text) VALUES (hex(zeroblob(? / 2)))").run(PAGE * pages);
  beside.noteCommit();
}

const writtenBack = (one: Written) => until(() => behind(one) === 0, "the WAL to be written back");

/** Of another store, so that the time for one has passed. */
async function laterPass(): Promise<void> {
  const other = written();
  commit(other, 2_000);
  await writtenBack(other);
}

test("what was committed is written back when it has become quiet, and again after the next", async () => {
  const one = written();
  for (let i = 0; i < 3; i++) {
    commit(one, 2_000);
    expect(behind(one)).toBeGreaterThan(2_000);
    await writtenBack(one);
  }
});

test("it is written back while commits go on, and the file is whole after it", async () => {
  const one = written({ ...AT_ONCE, quietMs: 60_000, many: 50, little: 25 });
  let commits = 0;
  await until(() => {
    commit(one, 20);
    commits += 1;
    const { checkpointed } = one.db.prepare("PRAGMA wal_checkpoint(NOOP)").get() ?? {};
    return Number(checkpointed) > 0;
  }, "a pass beside the commits");
  expect(one.db.prepare("SELECT count(*) AS n FROM filler").get()).toEqual({ n: commits });
  expect(one.db.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
});

test("a little is left where it is", async () => {
  const one = written();
  commit(one, 10);
  await laterPass();
  expect(behind(one)).toBeGreaterThan(0);
});

test("a pass that fails is told, and the next is tried", async () => {
  const one = written();
  const junk = newFile();
  writeFileSync(junk, "no database".repeat(1_000));
  for (const [path, errcode] of [
    [junk, 26],
    [join(junk, "in-no-folder.db"), 14],
  ] as const) {
    const fail = vi.fn();
    const beside = checkpoints(one.db, path, fail, AT_ONCE);
    for (let tried = 1; tried <= 2; tried++) {
      commit({ ...one, beside }, 2_000);
      await until(() => fail.mock.calls.length >= tried, "the failure to be told");
    }
    expect(fail).toHaveBeenCalledWith(expect.objectContaining({ errcode }));
    await beside.close();
  }
});

test("a WAL that is long begins anew while commits go on", async () => {
  const one = written({ ...AT_ONCE, quietMs: 60_000, many: 50, little: 1_000, long: 100 });
  let longest = 0;
  await until(() => {
    commit(one, 20);
    const { log } = one.db.prepare("PRAGMA wal_checkpoint(NOOP)").get() ?? {};
    if (Number(log) < longest) return true;
    longest = Number(log);
    return false;
  }, "the WAL to begin anew");
});

test("nothing is asked of a store that was closed", async () => {
  const one = written();
  commit(one, 2_000);
  await one.beside.close();
  one.db.close();
  await laterPass();
  expect(one.fail).not.toHaveBeenCalled();
});

test("what fails is left alone for a while, so that it does not fill the log", async () => {
  const one = written();
  const junk = newFile();
  writeFileSync(junk, "no database".repeat(1_000));
  const fail = vi.fn();
  const beside = checkpoints(one.db, junk, fail, { ...AT_ONCE, restMs: 60_000 });
  commit({ ...one, beside }, 2_000);
  await until(() => fail.mock.calls.length > 0, "the failure to be told");
  commit({ ...one, beside }, 2_000);
  await laterPass();
  expect(fail).toHaveBeenCalledTimes(1);
  await beside.close();
});

test("closing it again is nothing", async () => {
  const one = written();
  commit(one, 2_000);
  await writtenBack(one);
  await one.beside.close();
  await one.beside.close();
});

test("a thread that can't start is told, and stops nobody", async () => {
  const told = vi.fn();
  const { db } = written();
  // No path at all, so that it is no trouble of the file's that the thread meets.
  const store = sqliteStore(db, "no\0path", { log: told });
  db.prepare("INSERT INTO filler (text) VALUES (hex(zeroblob(? / 2)))").run(PAGE * 2_000);
  await store.noteAlive(1);
  await until(() => told.mock.calls.length > 0, "the failure to be told");
  expect(told).toHaveBeenCalledWith(expect.objectContaining({ code: "store_not_written_back" }));
  await store.noteAlive(2);
  expect(await store.aliveAt()).toBe(2);
  await store.close();
});

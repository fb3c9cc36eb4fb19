import type { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { checkpoints } from "../../src/store/sqlite/checkpoint.ts";
import { openDatabase } from "../../src/store/sqlite/open.ts";
import { until } from "../world/until.ts";
import { newFile } from "./files.ts";

let db: DatabaseSync;
let other: DatabaseSync;

function newDatabase(): DatabaseSync {
  const made = openDatabase({ path: newFile() });
  made.exec("CREATE TABLE filler (text TEXT)");
  return made;
}

beforeEach(() => {
  db = newDatabase();
  other = newDatabase();
});
afterEach(() => {
  for (const each of [db, other]) if (each.isOpen) each.close();
});

/** Pages of the WAL that are not yet in the file. */
function behind(db: DatabaseSync): number {
  const { log, checkpointed } = db.prepare("PRAGMA wal_checkpoint(NOOP)").get() ?? {};
  return Number(log) - Number(checkpointed);
}

const fill = (db: DatabaseSync, pages: number) =>
  db.prepare("INSERT INTO filler (text) VALUES (hex(zeroblob(? / 2)))").run(4096 * pages);

/** Of another store, so that the time for one has passed. */
async function laterCheckpoint(): Promise<void> {
  const quiet = checkpoints(other, vi.fn(), 1);
  fill(other, 2_000);
  quiet.noteCommit();
  await until(() => behind(other) === 0, "the other WAL to be written back");
  quiet.close();
}

test("what was committed is written back when it has become quiet", async () => {
  const quiet = checkpoints(db, vi.fn(), 1);
  fill(db, 2_000);
  expect(behind(db)).toBeGreaterThan(2_000);
  quiet.noteCommit();
  await until(() => behind(db) === 0, "the WAL to be written back");
  // And again: it is not done once.
  fill(db, 2_000);
  quiet.noteCommit();
  await until(() => behind(db) === 0, "the WAL to be written back again");
  quiet.close();
});

test("a little is left where it is", async () => {
  const quiet = checkpoints(db, vi.fn(), 1);
  fill(db, 10);
  const exec = vi.spyOn(db, "exec");
  quiet.noteCommit();
  await laterCheckpoint();
  expect(exec).not.toHaveBeenCalled();
  expect(behind(db)).toBeGreaterThan(0);
  quiet.close();
});

test("a checkpoint that fails is told, and the next is tried", async () => {
  const fail = vi.fn();
  const quiet = checkpoints(db, fail, 1);
  fill(db, 2_000);
  const broken = new Error("disk I/O error");
  const exec = vi.spyOn(db, "exec").mockImplementationOnce(() => {
    throw broken;
  });
  quiet.noteCommit();
  await until(() => fail.mock.calls.length > 0, "the failure to be told");
  expect(fail).toHaveBeenCalledWith(broken);
  exec.mockRestore();
  quiet.noteCommit();
  await until(() => behind(db) === 0, "the WAL to be written back");
  quiet.close();
});

test("nothing is asked of a store that was closed", async () => {
  const fail = vi.fn();
  const quiet = checkpoints(db, fail, 1);
  fill(db, 2_000);
  quiet.noteCommit();
  quiet.close();
  db.close();
  await laterCheckpoint();
  expect(fail).not.toHaveBeenCalled();
});

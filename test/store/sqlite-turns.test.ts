/** A lane with a backlog whose sources are to take turns from now on: it is sorted some at a time, whatever comes between. */
import { expect, test, vi } from "vitest";
import { plainLane } from "../../src/domain/lane-settings.ts";
import type { Queue, Store } from "../../src/domain/ports/store.ts";
import { openDatabase } from "../../src/store/sqlite/open.ts";
import { openSqliteStore, sqliteStore } from "../../src/store/sqlite/store.ts";
import { add, idsOf } from "./acts.ts";
import { newFile } from "./files.ts";
import { ACCOUNT, append, LANE, newEvent } from "./records.ts";

const BACKLOG = 1_000;
const queue: Queue = { account: ACCOUNT, lane: LANE, band: "normal", keptFor: null };
const robin = { ...plainLane(ACCOUNT, LANE), policy: "round-robin" as const };

/** The last of them of another source. */
async function withBacklog(store: Store): Promise<string> {
  const events = Array.from({ length: BACKLOG - 1 }, () => append(newEvent({ sourceId: "src_b" })));
  await store.commit(events);
  return (await add(store, { sourceId: "src_a" })).facts.id;
}

const isSorted = (store: Store) =>
  vi.waitFor(async () => expect(await store.isSorted(ACCOUNT, LANE)).toBe(true));

const sorted = async (store: Store) => idsOf(await store.turns(queue, "", BACKLOG * 2));

/** As it is when the process dies at this commit. */
async function stoppedInTheMidst(): Promise<{ path: string; last: string }> {
  const path = newFile();
  const flushes: (() => void)[] = [];
  const first = await openSqliteStore({ path });
  const last = await withBacklog(first);
  await first.close();
  const store = sqliteStore(openDatabase({ path }), path, { schedule: (flush) => flushes.push(flush) });
  const put = store.putLane(robin);
  for (const flush of flushes.splice(0)) flush();
  await put;
  expect(await store.isSorted(ACCOUNT, LANE)).toBe(false);
  await store.close();
  return { path, last };
}

test("a long backlog is sorted in several commits, and what comes between them is served", async () => {
  const store = await openSqliteStore({ path: newFile() });
  const last = await withBacklog(store);
  await store.putLane(robin);
  expect(await store.isSorted(ACCOUNT, LANE)).toBe(false);
  const later = await add(store, { sourceId: "src_a" });
  await isSorted(store);
  const all = await sorted(store);
  expect(all).toHaveLength(BACKLOG + 1);
  expect(all.slice(0, 2)).toEqual([last, later.facts.id]);
  await store.close();
});

test("a store that was closed in the midst of it goes on when it is opened again", async () => {
  const { path, last } = await stoppedInTheMidst();
  const store = await openSqliteStore({ path });
  expect(await store.isSorted(ACCOUNT, LANE)).toBe(false);
  await isSorted(store);
  const all = await sorted(store);
  expect(all).toHaveLength(BACKLOG);
  expect(all[0]).toBe(last);
  await store.close();
  const again = await openSqliteStore({ path });
  expect(await again.isSorted(ACCOUNT, LANE)).toBe(true);
  await again.close();
});

test("a lane whose policy changes to and fro is sorted from its beginning", async () => {
  const store = await openSqliteStore({ path: newFile() });
  await withBacklog(store);
  await store.putLane(robin);
  await store.putLane(plainLane(ACCOUNT, LANE));
  await add(store, { sourceId: "src_a" });
  await store.putLane(robin);
  await isSorted(store);
  expect(await sorted(store)).toHaveLength(BACKLOG + 1);
  await store.close();
});

test("what is said of a lane in a transaction that fails is not believed afterwards", async () => {
  const path = newFile();
  const db = openDatabase({ path });
  const store = sqliteStore(db, path);
  await store.putLane(robin);
  const exec = db.exec.bind(db);
  vi.spyOn(db, "exec")
    .mockImplementationOnce(exec)
    .mockImplementationOnce((sql) => {
      throw new Error(`${sql} fails`);
    });
  await expect(store.putLane(plainLane(ACCOUNT, LANE))).rejects.toThrow("COMMIT fails");
  expect(await store.isSorted(ACCOUNT, LANE)).toBe(true);
  const event = await add(store);
  expect(await sorted(store)).toEqual([event.facts.id]);
  await store.close();
});

test("an event of any other lane stands in no index of turns", async () => {
  const path = newFile();
  const db = openDatabase({ path });
  const store = sqliteStore(db, path);
  await store.putLane(robin);
  await add(store, { lane: "tag:other" });
  expect(db.prepare("SELECT count(*) AS n FROM events WHERE turn IS NOT NULL").get()?.n).toBe(0);
  await store.close();
});

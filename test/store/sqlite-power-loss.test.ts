import type { DatabaseSync } from "node:sqlite";
import { isDeepStrictEqual } from "node:util";
import { expect, test } from "vitest";
import { eventState } from "../../src/domain/event.ts";
import type { Store } from "../../src/domain/ports/store.ts";
import { openDatabase } from "../../src/store/sqlite/open.ts";
import { sqliteStore } from "../../src/store/sqlite/store.ts";
import { seededRandom } from "../world/seeded-random.ts";
import { add, put } from "./acts.ts";
import { newFile } from "./files.ts";
import { type Disk, loseBetween, readDisk, type Stage, stagesBetween, writeDisk } from "./power-loss.ts";
import { ACCOUNT, acked, append, claimed, LANE, newContent, newEvent } from "./records.ts";

const COMMITS = 100;
/** Few, so that many checkpoints lie in a short test; each follows a COMMIT, and none is left for a quiet moment. */
const CHECKPOINT_PAGES = 60;
/** What the migrations have written counts as well. */
const NEVER_PAGES = 10_000;

/** The state of every event, by id. */
type Known = Readonly<Record<string, string>>;

interface Moment {
  disk: Disk;
  known: Known;
}

/** A few writes that share one COMMIT, as a busy server makes them. */
async function commitSome(store: Store, known: Known, random: () => number): Promise<Known> {
  const next: Record<string, string> = { ...known };
  const held = await store.claimOf(ACCOUNT, "s1");
  const [head] = await store.heads(ACCOUNT, LANE, 1);
  const jobs: Promise<unknown>[] = [];
  for (let i = 0; i < 1 + random() * 3; i++) {
    const record = newEvent();
    jobs.push(store.commit([append(record, newContent("x".repeat(random() * 6_000)))]));
    next[record.facts.id] = "queued";
  }
  const turn = held === null ? head && claimed(head, "s1") : acked(held);
  if (turn) {
    jobs.push(store.commit([{ kind: "event", record: turn }]));
    next[turn.facts.id] = eventState(turn);
  }
  await Promise.all(jobs);
  return next;
}

/** What is in the file, found by the real store, once it is known to be whole. */
async function found(path: string): Promise<Known> {
  const db = openDatabase({ path });
  expect(db.prepare("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
  expect(db.prepare("PRAGMA foreign_key_check").all()).toEqual([]);
  const store = sqliteStore(db, path);
  const known: Record<string, string> = {};
  for (const { id } of db.prepare("SELECT id FROM events").all()) {
    const record = await store.event(String(id));
    expect(await store.content(String(id))).not.toBeNull();
    if (record !== null) known[String(id)] = eventState(record);
  }
  // It goes on: what is stored now is there when it is opened once more.
  const more = await add(store);
  await store.close();
  const again = sqliteStore(openDatabase({ path }), path);
  expect(await again.event(more.facts.id)).not.toBeNull();
  await again.close();
  return known;
}

/** Opened as it is on the product's own terms: every COMMIT is synced (promise 1). */
function openWatched(path: string, checkpointPages = CHECKPOINT_PAGES): { db: DatabaseSync; store: Store } {
  const db = openDatabase({ path });
  expect(db.prepare("PRAGMA synchronous").get()).toEqual({ synchronous: 2 });
  db.exec(`PRAGMA wal_autocheckpoint = ${checkpointPages}`);
  return { db, store: sqliteStore(db, path) };
}

test("a power loss at any moment of a commit loses nothing that was stored, and leaves nothing half stored", async () => {
  const seed = Math.floor(Math.random() * 1_000_000);
  const random = seededRandom(seed);
  const path = newFile();
  const { store } = openWatched(path);
  let before: Moment = { disk: readDisk(path), known: {} };
  const seen = new Map<Stage, number>();
  let undone = 0;
  for (let i = 0; i < COMMITS; i++) {
    const known = await commitSome(store, before.known, random.fraction);
    const after: Moment = { disk: readDisk(path), known };
    for (const stage of stagesBetween(before.disk, after.disk)) {
      if (stage === "frames" && random.fraction() < 0.6) continue;
      const lost = newFile();
      writeDisk(lost, loseBetween(before.disk, after.disk, stage, random));
      const left = await found(lost);
      // All of the transaction or nothing of it; once its frames are synced, all.
      const whole = isDeepStrictEqual(left, after.known);
      if (stage === "pages") expect(left, `seed ${seed}, commit ${i}, ${stage}`).toEqual(after.known);
      else if (!whole) expect(left, `seed ${seed}, commit ${i}, ${stage}`).toEqual(before.known);
      if (!whole) undone += 1;
      seen.set(stage, (seen.get(stage) ?? 0) + 1);
    }
    before = after;
  }
  await store.close();
  // It was seen in every stage, and it did undo what had not been answered.
  expect([...seen.keys()].sort()).toEqual(["frames", "header", "pages"]);
  expect(undone).toBeGreaterThan(10);
});

test("a disk that loses what was synced is found out", async () => {
  const path = newFile();
  const { store } = openWatched(path, NEVER_PAGES);
  const first = await add(store);
  const before = readDisk(path);
  const second = await add(store);
  await put(store, claimed(second, "s1"));
  const after = readDisk(path);
  await store.close();
  const lost = newFile();
  // The last commit's frames, though it had resolved.
  writeDisk(lost, { db: after.db, wal: after.wal.subarray(0, before.wal.length) });
  expect(await found(lost)).toEqual({ [first.facts.id]: "queued" });
});

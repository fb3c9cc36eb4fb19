/** The real embedded store with fail points between it, SQLite and the server, and with a disk that can be full. */
import type { DatabaseSync } from "node:sqlite";
import { SignalboxError } from "../../src/domain/errors.ts";
import { eventState } from "../../src/domain/event.ts";
import type { Store, Write } from "../../src/domain/ports/store.ts";
import { openDatabase } from "../../src/store/sqlite/open.ts";
import { type StoreOptions, sqliteStore } from "../../src/store/sqlite/store.ts";
import type { FailPoints, Point } from "./fail-points.ts";
import { keepJournal } from "./journal.ts";
import { type Progress, progressOf } from "./progress.ts";

/** What SQLite says of a sync that failed: SQLITE_IOERR_FSYNC. */
const IOERR_FSYNC = 1034;

export interface StruckStore {
  store: Store;
  /** Room for so many more pages; null: as much as there is. */
  limitDisk(pages: number | null): void;
  progress(): Progress;
}

export function openStruckStore(path: string, points: FailPoints, log: StoreOptions["log"]): StruckStore {
  const db = openDatabase({ path });
  keepJournal(db);
  strikeCommits(db, points);
  const store = sqliteStore(db, path, log === undefined ? {} : { log });
  return {
    store: struck(store, points),
    progress: progressOf(db),
    limitDisk: (pages) =>
      db.exec(`PRAGMA max_page_count = ${pages === null ? MOST_PAGES : pageCount(db) + pages}`),
  };
}

const MOST_PAGES = 1_073_741_823;

const pageCount = (db: DatabaseSync): number => Number(db.prepare("PRAGMA page_count").get()?.page_count);

function strikeCommits(db: DatabaseSync, points: FailPoints): void {
  const exec = db.exec.bind(db);
  db.exec = (sql) => {
    if (sql !== "COMMIT") return exec(sql);
    if (points.pass("uncommitted")) throw failedSync();
    exec(sql);
    if (points.pass("committed")) throw failedSync();
  };
}

const failedSync = (): Error =>
  Object.assign(new Error("disk I/O error"), { code: "ERR_SQLITE_ERROR", errcode: IOERR_FSYNC });

function struck(store: Store, points: FailPoints): Store {
  const strike = (point: Point) => {
    if (points.pass(point)) {
      throw new SignalboxError("unavailable", "store_io", "the disk fails", "Check the disk");
    }
  };
  return {
    ...store,
    async commit(writes) {
      const what = kindOf(writes);
      strike("any");
      strike(`before-${what}`);
      const results = await store.commit(writes);
      if (what !== "session") strike(`after-${what}`);
      return results;
    },
    async content(id) {
      strike("any");
      strike("before-frame");
      const content = await store.content(id);
      // The frame is written before the next turn of the event loop, and sent in it.
      setImmediate(() => points.pass("after-frame"));
      return content;
    },
    async claims() {
      strike("any");
      return store.claims();
    },
    async accounts() {
      strike("any");
      return store.accounts();
    },
    async account(id) {
      strike("any");
      return store.account(id);
    },
    async noteAlive(at) {
      strike("any");
      return store.noteAlive(at);
    },
  };
}

/** What a commit is about, most important first. */
function kindOf(writes: readonly Write[]): "append" | "ack" | "claim" | "session" {
  const events = writes.flatMap((write) => (write.kind === "event" ? eventState(write.record) : []));
  if (writes.some(({ kind }) => kind === "append")) return "append";
  if (events.includes("acked")) return "ack";
  return events.includes("dispatching") ? "claim" : "session";
}

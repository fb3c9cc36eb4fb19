/**
 * Opens the one file of the embedded store: fenced, durable, private, up to date. Whatever is in the way is one
 * `SignalboxError` with its cure.
 */
import { chmodSync, existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { FencedDatabase, lockOf, makePrivateFile } from "./fence.ts";
import { checkOurs, MIGRATIONS, migrate } from "./migrate.ts";
import { openingFailure, storageFailure } from "./sqlite-errors.ts";

/** How long a server that starts waits for one that is still stopping. */
const LOCK_WAIT_MS = 2_000;

/**
 * The WAL is written back beside the load (`checkpoint.ts`) and begins anew when all of it is: at the latest with SQLite's own
 * checkpoint, after 32768 pages of it (256 MiB), which stops the world for what is left. The cache holds the pages that
 * every event touches, and does not grow with the backlog (promise 8).
 */
const PACE =
  "PRAGMA wal_autocheckpoint = 32768; PRAGMA journal_size_limit = 201326592; PRAGMA cache_size = -16384";

/** Of a new file. Payloads of a few KB fill pages of 4 KiB badly: half as many bytes are written of larger ones. */
const PAGE_BYTES = 8_192;

export const IN_MEMORY = ":memory:";

export interface OpenOptions {
  /** Of the file; its folder exists. `:memory:` for a store that ends with the process. */
  path: string;
  /** How long to wait for the file's lock; the event loop stands still meanwhile. Default 2000. */
  lockWaitMs?: number;
  migrations?: typeof MIGRATIONS;
}

export function openDatabase({
  path,
  lockWaitMs = LOCK_WAIT_MS,
  migrations = MIGRATIONS,
}: OpenOptions): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    const options = { timeout: lockWaitMs, enableForeignKeyConstraints: true };
    if (path === IN_MEMORY) {
      db = new DatabaseSync(path, options);
    } else {
      makePrivateFile(path);
      db = new FencedDatabase(path, options);
    }
    db.exec(`PRAGMA page_size = ${PAGE_BYTES}; BEGIN EXCLUSIVE`);
    checkFile(db, path, migrations);
    db.exec("COMMIT");
    if (path !== IN_MEMORY) tightenModes(path);
    // Promise 1: FULL syncs the WAL in each COMMIT.
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    db.exec(PACE);
    migrate(db, migrations);
    return db;
  } catch (error) {
    db?.close();
    throw storageFailure(error, path) ?? error;
  }
}

function checkFile(db: DatabaseSync, path: string, migrations: typeof MIGRATIONS): void {
  try {
    checkOurs(db, path, migrations);
  } catch (error) {
    throw openingFailure(error, path) ?? error;
  }
}

/** For a file that was copied here with a looser mode. */
function tightenModes(path: string): void {
  for (const file of [path, `${path}-wal`, `${path}-shm`, lockOf(path)])
    if (existsSync(file)) chmodSync(file, 0o600);
}

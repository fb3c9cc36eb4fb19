/**
 * Opens the one file of the embedded store: ours alone, durable, private, up to date. Whatever is in the way is one
 * `SignalboxError` with its cure.
 *
 * One server a file. SQLite's exclusive locking mode keeps a lock of the operating system on the file until the process
 * ends, however it ends: `kill -9` leaves nothing to clean up. It also keeps the WAL's index in memory, so there is no
 * `-shm` file. Nobody else can read the file meanwhile, `sqlite3` at the command line included.
 */
import { chmodSync, closeSync, existsSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { checkOurs, MIGRATIONS, migrate } from "./migrate.ts";
import { openingFailure, storageFailure } from "./sqlite-errors.ts";

/** How long a server that starts waits for one that is still stopping. */
const LOCK_WAIT_MS = 2_000;

/**
 * A checkpoint stops the world, for fsyncs of its own and for every page that is written back. Under load it is rare (each
 * 16384 pages of the WAL, 64 MiB), so that few requests meet one and a page that changed often is written once; when it is quiet
 * the store makes its own (`checkpoint.ts`). The cache holds the pages that every event touches, and does not grow with
 * the backlog (promise 8).
 */
const PACE =
  "PRAGMA wal_autocheckpoint = 16384; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -16384";

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
    if (path !== IN_MEMORY) makePrivateFile(path);
    db = new DatabaseSync(path, { timeout: lockWaitMs, enableForeignKeyConstraints: true });
    // The mode alone takes no lock; the first transaction does, and the mode then keeps it.
    db.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
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

/** SQLite gives its `-wal` the mode of the file, so the file has it before SQLite makes anything. */
function makePrivateFile(path: string): void {
  // A file that exists is never opened here: closing it again would drop every lock that this process has on it.
  if (!existsSync(path) && existsSync(dirname(path))) closeSync(openSync(path, "wx", 0o600));
}

/** For a file that was copied here with a looser mode. */
function tightenModes(path: string): void {
  for (const file of [path, `${path}-wal`]) if (existsSync(file)) chmodSync(file, 0o600);
}

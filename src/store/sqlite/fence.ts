/**
 * One server a file. SQLite's exclusive lock on a file beside it is the operating system's, and is kept until the process
 * ends, however it ends: `kill -9` leaves nothing to clean up. The store's file itself stays readable for others: a
 * backup, `sqlite3`, and the thread that writes the log back (`checkpoint.ts`). What others write there is not seen.
 */
import { closeSync, existsSync, openSync, realpathSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Beside the file itself, so that a link to it leads to the same lock. */
export const lockOf = (path: string): string => `${existsSync(path) ? realpathSync(path) : path}-lock`;

/** SQLite gives the files that it makes beside a file that file's mode, so it has it before SQLite makes any. */
export function makePrivateFile(path: string): void {
  // A file that exists is never opened here: closing it again would drop every lock that this process has on it.
  // Not "wx": a server that starts beside this one may make it in between, and a link may lead to no file yet.
  if (!existsSync(path) && existsSync(dirname(path))) closeSync(openSync(path, "a", 0o600));
}

/** A database that is this process's while it is open. Throws SQLite's error where another has it. */
export class FencedDatabase extends DatabaseSync {
  readonly #lock: DatabaseSync;

  constructor(path: string, options: { timeout: number; enableForeignKeyConstraints: boolean }) {
    const lock = locked(lockOf(path), options.timeout);
    try {
      super(path, options);
    } catch (error) {
      lock.close();
      throw error;
    }
    this.#lock = lock;
  }

  override close(): void {
    super.close();
    if (this.#lock.isOpen) this.#lock.close();
  }
}

function locked(path: string, timeout: number): DatabaseSync {
  makePrivateFile(path);
  const lock = new DatabaseSync(path, { timeout });
  try {
    // Never ended, and nothing is ever written: the lock is all of it, and a journal would only lie beside it.
    lock.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock.close();
    throw error;
  }
}

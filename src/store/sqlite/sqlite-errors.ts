/**
 * The one place that knows SQLite's result codes, and Node's for the files under it. What the disk, the file or a lock did becomes a `SignalboxError`
 * (unavailable) with its cure; anything else is a bug of ours and stays what it is.
 */
import { SignalboxError } from "../../domain/errors.ts";

/** https://sqlite.org/rescode.html: the primary result codes that name a failure of storage. */
const FAILURES: ReadonlyMap<number, readonly [code: string, what: string, cure: string]> = new Map([
  [3, ["store_denied", "may not be accessed", "Give the server's user read and write access to it"]],
  [
    5,
    [
      "store_locked",
      "is in use by another process",
      "Stop the other server, or give this one a data folder of its own with SIGNALBOX_DATA_DIR",
    ],
  ],
  [6, ["store_locked", "is locked", "Try again"]],
  [7, ["store_memory", "could not be used: out of memory", "Free memory, then try again"]],
  [
    8,
    ["store_readonly", "cannot be written", "Give the server's user write access to the file and its folder"],
  ],
  [10, ["store_io", "could not be read or written", "Check the disk; nothing was accepted meanwhile"]],
  [11, ["store_corrupt", "is damaged", "Stop the server and restore the store from a backup"]],
  [13, ["store_full", "has no room left", "Free space on its disk; nothing was accepted meanwhile"]],
  [14, ["store_unopened", "cannot be opened", "Check that its folder exists and is the server's user's own"]],
  [
    26,
    [
      "store_corrupt",
      "is not a SQLite database",
      "Restore the store from a backup, or choose another data folder",
    ],
  ],
]);

/** What the file system said before SQLite was asked, as the result code that SQLite would have given. */
const FILE_SYSTEM: ReadonlyMap<unknown, number> = new Map([
  ["EACCES", 3],
  ["EPERM", 3],
  ["EROFS", 8],
  ["EIO", 10],
  ["ENOSPC", 13],
  ["ENOTDIR", 14],
]);

const GENERIC = 1;
const CORRUPT = 11;
const UNIQUE = 2067;
const PRIMARY_KEY = 1555;

/** The failure of storage that the error tells of; null: it tells of none. */
export function storageFailure(error: unknown, path: string): SignalboxError | null {
  const failure = FAILURES.get((resultCode(error) ?? 0) & 0xff);
  if (failure === undefined) return null;
  const [code, what, cure] = failure;
  return new SignalboxError("unavailable", code, `the store ${path} ${what}`, cure, error);
}

/**
 * The same for a file that is being opened. What SQLite calls a mere error there is damage too: a format that it does not
 * know, a table that the schema lost.
 */
export function openingFailure(error: unknown, path: string): SignalboxError | null {
  const damaged = resultCode(error) === GENERIC;
  return storageFailure(
    damaged ? Object.assign(new Error(), { errcode: CORRUPT, cause: error }) : error,
    path,
  );
}

export function isUniqueViolation(error: unknown): boolean {
  const code = resultCode(error);
  return code === UNIQUE || code === PRIMARY_KEY;
}

/** The extended result code that node:sqlite puts on its errors. */
function resultCode(error: unknown): number | null {
  if (!(error instanceof Error)) return null;
  if ("errcode" in error && typeof error.errcode === "number") return error.errcode;
  return "code" in error ? (FILE_SYSTEM.get(error.code) ?? null) : null;
}

/**
 * Group commit. The jobs that wait go into one transaction, and so share one fsync. Nobody is answered before COMMIT has
 * returned (promise 1). If storage fails, the transaction is rolled back and all of its jobs are told so; the next group
 * tries anew, so the store works again when the disk does.
 *
 * A job is synchronous, does nothing but SQL, and may be run twice: one that throws takes its group's transaction with
 * it, and the others are then run again, each in a transaction of its own.
 */
import type { DatabaseSync } from "node:sqlite";
import { SignalboxError } from "../../domain/errors.ts";
import { storageFailure } from "./sqlite-errors.ts";

/** A longer transaction would hold up the event loop; what is over it waits for the next. */
const MOST_JOBS = 500;

/** Calls `flush` once, soon and not at once: what comes in between shares the commit. `waiting`: how many jobs do. */
export type Schedule = (flush: () => void, waiting: () => number) => void;

/** So many share an fsync so well that more would only wait longer. */
const ENOUGH_JOBS = 64;

/**
 * As long as each turn of the event loop brings more, the commit waits for the next: under load many share an fsync, and
 * who comes alone waits for one turn.
 */
export const whenFilled: Schedule = (flush, waiting) => {
  let before = waiting();
  const look = () => {
    const now = waiting();
    if (now === before || now >= ENOUGH_JOBS) return flush();
    before = now;
    setImmediate(look);
  };
  setImmediate(look);
};

export interface GroupCommit {
  /** What the job returned, once it is on stable storage. */
  run<T>(job: () => T): Promise<T>;
  /** Commits what waits and takes no more. */
  close(): void;
}

interface Waiting {
  /** Does the job; its result is kept until `accept`. */
  perform(): void;
  accept(): void;
  refuse(reason: unknown): void;
}

/** Told of the end of each transaction, before anybody else. */
export interface Watcher {
  committed(): void;
  rolledBack(): void;
}

export function groupCommit(
  db: DatabaseSync,
  path: string,
  schedule: Schedule,
  watcher: Watcher,
): GroupCommit {
  let waiting: Waiting[] = [];
  let scheduled = false;
  let closed = false;

  function flush(): void {
    scheduled = false;
    const group = waiting.slice(0, MOST_JOBS);
    waiting = waiting.slice(MOST_JOBS);
    if (waiting.length > 0) scheduleFlush();
    if (group.length > 0) commitGroup(group);
  }

  function scheduleFlush(): void {
    if (scheduled) return;
    scheduled = true;
    schedule(flush, () => waiting.length);
  }

  function commitGroup(group: readonly Waiting[]): void {
    try {
      transact(db, () => {
        for (const job of group) job.perform();
      });
      watcher.committed();
      for (const job of group) job.accept();
    } catch (error) {
      watcher.rolledBack();
      const failure = storageFailure(error, path);
      if (failure === null && group.length > 1) {
        for (const job of group) commitGroup([job]);
      } else {
        for (const job of group) job.refuse(failure ?? error);
      }
    }
  }

  return {
    run<T>(job: () => T): Promise<T> {
      if (closed) return Promise.reject(closedStore(path));
      return new Promise<T>((resolve, reject) => {
        let result: { value: T } | undefined;
        waiting.push({
          perform() {
            result = { value: job() };
          },
          accept() {
            if (result !== undefined) resolve(result.value);
          },
          refuse: reject,
        });
        scheduleFlush();
      });
    },
    close() {
      closed = true;
      while (waiting.length > 0) flush();
    },
  };
}

export function closedStore(path: string): SignalboxError {
  return new SignalboxError(
    "unavailable",
    "store_closed",
    `the store ${path} is closed`,
    "Start the server again",
  );
}

/** Left open only where an earlier ROLLBACK failed with the disk; what was refused must neither be read nor remembered. */
export function undoLeftOpen(db: DatabaseSync): void {
  if (db.isTransaction) db.exec("ROLLBACK");
}

function transact(db: DatabaseSync, act: () => void): void {
  undoLeftOpen(db);
  db.exec("BEGIN IMMEDIATE");
  try {
    act();
    db.exec("COMMIT");
  } catch (error) {
    rollBack(db);
    throw error;
  }
}

/** Some failures have rolled back already; one of the rollback itself must not hide its cause. */
function rollBack(db: DatabaseSync): void {
  try {
    if (db.isTransaction) db.exec("ROLLBACK");
  } catch {
    // The next transaction tries again.
  }
}

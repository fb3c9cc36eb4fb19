/**
 * Writes the WAL back into the file, in a thread beside the server's: a checkpoint copies every page that changed and waits for
 * the disk, and nobody's request should wait for it. The WAL begins anew only when all of it is written back, which never
 * happens while commits go on: once the thread has left little, the server writes that back itself: a pause of 30 to
 * 50 ms where the load is all that the machine can take (docs/performance.md). SQLite's own checkpoint stays as the limit of the WAL (`open.ts`).
 */
import type { DatabaseSync } from "node:sqlite";
import { Worker } from "node:worker_threads";
import { z } from "zod";
import type { WrittenBack } from "./write-back.ts";

/** When a pass begins. Less than `least` is not worth its fsyncs. */
const PACE = {
  /** Nothing was committed for so long, */
  quietMs: 250,
  /** and so many pages wait. */
  least: 1_000,
  /** Or so many wait while commits go on; looked at as often as this. */
  many: 16_384,
  lookMs: 50,
  /** What the server writes back itself, where the WAL has become so long. */
  little: 512,
  long: 16_384,
  /** After a failure nothing is tried for so long: what is in the way seldom leaves sooner, and each try is a line of the log. */
  restMs: 10_000,
};

/** After so many in a row the thread is no quicker than the commits. */
const MOST_PASSES = 4;

export interface Checkpoints {
  /** Something was committed. */
  noteCommit(): void;
  /** Resolves when the thread has left, behind the pass that is under way. */
  close(): Promise<void>;
}

/** NOOP only looks: https://sqlite.org/pragma.html#pragma_wal_checkpoint; `log` is -1 where there is no WAL. */
const Wal = z.object({ log: z.number(), checkpointed: z.number() });

/** `fail`: told what a pass could not do; the next is tried after the next commits, and nothing is lost meanwhile. */
export function checkpoints(
  db: DatabaseSync,
  path: string,
  fail: (error: unknown) => void,
  pace: typeof PACE = PACE,
): Checkpoints {
  const look = db.prepare("PRAGMA wal_checkpoint(NOOP)");
  let quiet: NodeJS.Timeout | undefined;
  let soon: NodeJS.Timeout | undefined;
  let thread: Worker | null = null;
  let underWay = false;
  let passes = 0;
  let restsUntil = 0;
  let left: Promise<void> | undefined;

  const wal = () => Wal.parse(look.get());

  function passIfBehind(pages: number): void {
    if (underWay || performance.now() < restsUntil || !db.isOpen) return;
    try {
      const { log, checkpointed } = wal();
      if (log - checkpointed >= pages) pass(1);
    } catch (error) {
      failed(error);
    }
  }

  function pass(inARow: number): void {
    underWay = true;
    thread ??= start();
    passes = inARow;
    thread.postMessage("pass");
  }

  function passed(): void {
    underWay = false;
    if (!db.isOpen) return;
    try {
      const { log, checkpointed } = wal();
      const left = log - checkpointed;
      if (left > pace.little && passes < MOST_PASSES) pass(passes + 1);
      else if (left > 0 && log >= pace.long) db.exec("PRAGMA wal_checkpoint(PASSIVE)");
    } catch (error) {
      failed(error);
    }
  }

  function failed(error: unknown): void {
    underWay = false;
    restsUntil = performance.now() + pace.restMs;
    fail(error);
  }

  function start(): Worker {
    const started = new Worker(new URL("./write-back.ts", import.meta.url), { workerData: { path } });
    // Not to keep a process alive that has nothing else to do.
    started.unref();
    started.on("message", (done: WrittenBack) => {
      if (left !== undefined) return;
      if (done.ok) return passed();
      failed(Object.assign(new Error(done.message), { errcode: done.errcode }));
    });
    // It could not start or open the file, or is out of memory: another one may.
    started.on("error", (error) => {
      thread = null;
      failed(error);
    });
    return started;
  }

  async function leave(): Promise<void> {
    const leaving = thread;
    if (leaving === null) return;
    const gone = new Promise((resolve) => leaving.once("exit", resolve));
    leaving.ref();
    leaving.postMessage("leave");
    await gone;
  }

  return {
    noteCommit() {
      quiet =
        quiet?.refresh() ??
        setTimeout(() => {
          quiet = undefined;
          passIfBehind(pace.least);
        }, pace.quietMs).unref();
      soon ??= setTimeout(() => {
        soon = undefined;
        passIfBehind(pace.many);
      }, pace.lookMs).unref();
    },
    close() {
      clearTimeout(quiet);
      clearTimeout(soon);
      left ??= leave();
      return left;
    },
  };
}

/**
 * Writes the WAL back into the file when nobody asks for anything: a checkpoint stops the world, and SQLite's own would come in
 * the middle of the load that filled the WAL. (Its own stays as the limit of a load that never pauses: `open.ts`.)
 */
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";

/** Nothing was committed for so long. */
const QUIET_MS = 250;

/** Less is not worth the fsyncs. */
const LEAST_PAGES = 1_000;

export interface Checkpoints {
  /** Something was committed. */
  noteCommit(): void;
  close(): void;
}

/** NOOP only looks: https://sqlite.org/pragma.html#pragma_wal_checkpoint; `log` is -1 where there is no WAL. */
const Wal = z.object({ log: z.number(), checkpointed: z.number() });

/** `fail`: told what a checkpoint could not do; it is tried again after the next commits, and nothing is lost meanwhile. */
export function checkpoints(
  db: DatabaseSync,
  fail: (error: unknown) => void,
  quietMs = QUIET_MS,
): Checkpoints {
  const look = db.prepare("PRAGMA wal_checkpoint(NOOP)");
  let timer: NodeJS.Timeout | undefined;

  function writeBack(): void {
    timer = undefined;
    if (!db.isOpen) return;
    try {
      const { log, checkpointed } = Wal.parse(look.get());
      if (log - checkpointed >= LEAST_PAGES) db.exec("PRAGMA wal_checkpoint(PASSIVE)");
    } catch (error) {
      fail(error);
    }
  }

  return {
    noteCommit() {
      // Not to keep a process alive that has nothing else to do.
      timer = timer?.refresh() ?? setTimeout(writeBack, quietMs).unref();
    },
    close: () => clearTimeout(timer),
  };
}

/** The thread that writes the WAL back into the file (`checkpoint.ts`): on a connection of its own, one pass at a message. */
import { constants, platform, setPriority } from "node:os";
import { DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";

/** What a pass came to. */
export type WrittenBack = { ok: true } | { ok: false; message: string; errcode: number | null };

const { path } = workerData as { path: string }; // Made by checkpoint.ts.

giveWay();

const db = new DatabaseSync(path);
// Waits for nobody, and keeps nobody waiting.
const pass = db.prepare("PRAGMA wal_checkpoint(PASSIVE)");

/** Whoever has a request to answer goes first. Linux alone has priorities of threads: elsewhere it would be the server's. */
function giveWay(): void {
  if (platform() !== "linux") return;
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // A sandbox may forbid it; the thread then works beside the others.
  }
}

function writeBack(): WrittenBack {
  try {
    pass.get();
    return { ok: true };
  } catch (error) {
    const errcode = error instanceof Error && "errcode" in error ? Number(error.errcode) : null;
    return { ok: false, message: String(error), errcode };
  }
}

parentPort?.on("message", (order: "pass" | "leave") => {
  if (order === "pass") {
    parentPort?.postMessage(writeBack());
  } else {
    db.close();
    parentPort?.close();
  }
});

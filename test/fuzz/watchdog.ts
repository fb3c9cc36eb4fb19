/**
 * Sees an input that never ends: a regular expression, a loop. The thread that runs it can't tell, so another one has the
 * input before it is judged, keeps it, and ends the process.
 */
import { Worker } from "node:worker_threads";

/** Longer than a verdict is waited for: what still lets others run is told by them. */
const PATIENCE_MS = 70_000;

const CODE = `
  const { parentPort } = require("node:worker_threads");
  const { writeFileSync } = require("node:fs");
  let timer;
  parentPort.on("message", (told) => {
    clearTimeout(timer);
    if (told === null) return;
    timer = setTimeout(() => {
      writeFileSync(told.path, told.input);
      process.stdout.write("\\n" + told.name + " HANGS; replay it with: npm run fuzz -- --replay " + told.path + "\\n");
      process.kill(process.pid, "SIGKILL");
    }, ${PATIENCE_MS});
  });
`;

export interface Watchdog {
  /** This input is judged now; null: nothing is. */
  watch(input: { name: string; path: string; input: Uint8Array } | null): void;
  close(): Promise<void>;
}

export function watchdog(): Watchdog {
  const worker = new Worker(CODE, { eval: true });
  return {
    watch: (input) => worker.postMessage(input),
    close: async () => {
      await worker.terminate();
    },
  };
}

/** Runs seeds in child processes, as many as there are cores, and tells of each as it is done. */
import { fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import type { Ran } from "../run.ts";

const WORKER = fileURLToPath(new URL("./worker.ts", import.meta.url));
const MUTATE = new URL("../mutants/apply.ts", import.meta.url).href;

export interface Seeds {
  from: number;
  count: number;
}

/** What a child is to do. */
export interface Share extends Seeds {
  /** Every how manieth seed is his. */
  step: number;
}

/** `done` may end it early by returning true, and so may the signal. Rejects if a child dies of something that is no broken promise. */
export async function spread(
  { from, count }: Seeds,
  done: (ran: Ran) => boolean,
  options: { processes?: number; mutant?: string; signal?: AbortSignal } = {},
): Promise<void> {
  const processes = Math.min(count, options.processes ?? availableParallelism());
  const children = Array.from({ length: processes }, (_, n) => {
    const share: Share = { from: from + n, count: count - n, step: processes };
    const mutant = options.mutant;
    return fork(WORKER, [JSON.stringify(share)], {
      execArgv: mutant === undefined ? [] : ["--import", MUTATE],
      env: { ...process.env, ...(mutant !== undefined && { SIGNALBOX_MUTANT: mutant }) },
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
  });
  let enough = false;
  const end = () => {
    enough = true;
    for (const child of children) child.kill("SIGKILL");
  };
  options.signal?.addEventListener("abort", end, { once: true });
  await Promise.all(
    children.map(
      (child) =>
        new Promise<void>((resolve, reject) => {
          let said = "";
          child.stderr?.setEncoding("utf8").on("data", (text: string) => {
            said += text;
          });
          child.on("message", (ran) => {
            // The worker sends nothing else.
            if (!enough && done(ran as Ran)) end();
          });
          child.on("close", (code) => {
            if (code === 0 || enough) return resolve();
            end();
            reject(new Error(`a worker ended with ${code}: ${said.slice(-3_000)}`));
          });
        }),
    ),
  );
}

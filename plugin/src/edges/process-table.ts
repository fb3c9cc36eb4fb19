/**
 * Which processes live. A process id is used again after its process has gone, so the time at which it started is told
 * with it: Linux has it in /proc, elsewhere `ps` tells it; where neither can, the id alone must do.
 */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import type { Processes } from "../core/ports/processes.ts";

const run = promisify(execFile);

export async function processTable(): Promise<Processes> {
  return {
    self: { pid: process.pid, startedAt: await startOf(process.pid) },
    isAlive: async ({ pid, startedAt }) => {
      if (!exists(pid)) return false;
      const found = await startOf(pid);
      return found !== ENDED && (found === null || startedAt === null || found === startedAt);
    },
  };
}

export function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, but somebody else's.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Dead and not yet collected by its parent: it has its process id, and does nothing any more. */
const ENDED = "ended";

async function startOf(pid: number): Promise<string | null> {
  try {
    return process.platform === "linux" ? await fromProc(pid) : await fromPs(pid);
  } catch {
    return null;
  }
}

/** proc(5): field 3 is the state, field 22 the start in ticks since the boot; the second field may itself hold spaces and parentheses. */
async function fromProc(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const [state, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (state === "Z" || state === "X") return ENDED;
  const ticks = fields[18];
  if (ticks === undefined) return null;
  const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
  return `${boot.trim()}:${ticks}`;
}

async function fromPs(pid: number): Promise<string | null> {
  if (process.platform === "win32") return null;
  const { stdout } = await run("ps", ["-o", "lstart=", "-p", String(pid)], {
    env: { ...process.env, LC_ALL: "C" },
  });
  return stdout.trim() || null;
}

import { readFileSync } from "node:fs";

/** Whether a process runs. One that has exited and was not waited for does not: it is only a row in a table. */
export function isAlive(pid: number): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return !isZombie(pid);
}

/**
 * Ends a process that outlived its parent, if it is still the one that was started with `mark` in its environment:
 * by now another may have its id.
 */
export function endOrphan(pid: number, mark: string): void {
  if (!isAlive(pid)) return;
  if (process.platform === "linux" && !environ(pid).includes(mark)) return;
  process.kill(pid, "SIGKILL");
}

function environ(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8");
  } catch {
    return "";
  }
}

function isZombie(pid: number): boolean {
  if (process.platform !== "linux") return false;
  try {
    // proc(5): the state follows the command's name, which stands in parentheses and may hold any character.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
  } catch {
    return true;
  }
}

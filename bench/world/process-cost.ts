/** What a process has used of the machine so far. Linux only, like the goals. */
import { readFileSync } from "node:fs";

/** The kernel's unit of time in `/proc`, on every architecture that Node runs on. */
const TICKS_A_SECOND = 100;

/** Of all its threads, in user and system mode. */
export function cpuSeconds(pid: number): number {
  // The name of the process, in parentheses, may hold anything; the fields after it are numbers.
  const [, fields = ""] = /^.*\)(.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
  const [, , , , , , , , , , , , user, system] = fields.split(" ");
  return (Number(user) + Number(system)) / TICKS_A_SECOND;
}

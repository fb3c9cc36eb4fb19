import type { ChildProcess } from "node:child_process";

/** Waits for the exit of a process that was told to go; SIGTERM after `patienceMs`, SIGKILL after as much again. */
export async function endProcess(
  child: ChildProcess,
  exited: Promise<unknown>,
  patienceMs: number,
): Promise<void> {
  const timers = [
    setTimeout(() => child.kill("SIGTERM"), patienceMs),
    setTimeout(() => child.kill("SIGKILL"), 2 * patienceMs),
  ];
  await exited;
  for (const timer of timers) clearTimeout(timer);
}

/** Processes of the bench: what they say, and how they end. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

/** The next message of a forked process; rejects if it ends instead. What it is, the caller knows, whose program it is. */
export function heard<Message>(child: ChildProcess): Promise<Message> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) =>
      reject(new Error(`a process of the bench left with ${code} instead of answering`));
    child.once("exit", onExit);
    child.once("message", (message) => {
      child.off("exit", onExit);
      resolve(message as Message);
    });
  });
}

/** Sends the signal, unless the process has ended already, and waits for its end. */
export async function ended(child: ChildProcess, signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill(signal);
  await exit;
}

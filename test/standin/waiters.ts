/**
 * Hooks that run in the background (`asyncRewake`, `async`), as seen with client 2.1.329: each firing starts a new
 * process, nothing deduplicates them, `/clear` leaves them alone, and exit code 2 of an `asyncRewake` wakes
 * the session with its stderr.
 */
import { type CommandRun, type CommandSettings, endCommand, startCommand } from "./command-hook.ts";
import type { CommandHook } from "./plugin-folder.ts";
import type { Transcript } from "./transcript.ts";

const DEFAULT_TIMEOUT_SECONDS = 600;

export class Waiters {
  #running = new Map<CommandRun, CommandHook>();
  #settings: CommandSettings;
  #transcript: Transcript;
  #wake: (text: string) => void;
  #closed = false;

  constructor(settings: CommandSettings, transcript: Transcript, wake: (text: string) => void) {
    this.#settings = settings;
    this.#transcript = transcript;
    this.#wake = wake;
  }

  start(event: string, hook: CommandHook, input: unknown): void {
    const run = startCommand(hook, input, this.#settings);
    this.#running.set(run, hook);
    void this.#follow(event, hook, run);
  }

  /** Ends all of them; what they say from now on wakes nobody. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(
      [...this.#running].map(([run, hook]) => {
        endCommand(hook, run, "SIGKILL");
        return run.left;
      }),
    );
  }

  /** The client is gone without a word: the processes live on, but nobody hears them. */
  forget(): void {
    this.#closed = true;
    for (const { child } of this.#running.keys()) {
      for (const stream of child.stdio) stream?.destroy();
    }
  }

  async #follow(event: string, hook: CommandHook, run: CommandRun): Promise<void> {
    const pid = run.child.pid ?? -1;
    this.#transcript.add({ kind: "waiter-start", event, pid });
    const timeoutMs = (hook.timeout ?? DEFAULT_TIMEOUT_SECONDS) * 1_000;
    const timer = setTimeout(() => endCommand(hook, run), timeoutMs);
    const { code, signal, stderr } = await run.left;
    clearTimeout(timer);
    this.#running.delete(run);
    this.#transcript.add({ kind: "waiter-exit", event, pid, code, signal, stderr });
    if (code === 2 && hook.asyncRewake && !this.#closed) this.#wake(wakeText(hook, stderr));
  }
}

/** What Claude reads, and what `UserPromptSubmit` gets as its prompt. */
function wakeText(hook: CommandHook, stderr: string): string {
  const line = [hook.command, ...(hook.args ?? [])].join(" ");
  return [
    "<system-reminder>",
    `Stop hook blocking error from command "${line}": ${stderr.trim()}`,
    "",
    "This is an automated background event, NOT a message from the user. It is not approval of anything.",
    "</system-reminder>",
  ].join("\n");
}

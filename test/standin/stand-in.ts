/** What a test can do with a stand-in, in its own process or in one of its own, and what it can read off it. */
import { Transcript } from "./transcript.ts";
import type { Entry } from "./transcript-entry.ts";

export abstract class StandIn {
  readonly transcript: Transcript;

  constructor(pass?: (entry: Entry) => void) {
    this.transcript = new Transcript(pass);
  }

  /** The client's process id: the parent of the server and of every hook, and the `CLAUDE_PID` of hooks. */
  abstract readonly pid: number;
  /** The user types something. Resolves when it waits for Claude, not when it is done. */
  abstract prompt(text: string): Promise<void>;
  /** The running turn dies: no `Stop`, no `StopFailure`; the running tool is aborted. */
  abstract pressEsc(): Promise<void>;
  /** The user answers the oldest open dialog. */
  abstract answerDialog(behavior: "allow" | "deny"): Promise<void>;
  /** `/clear`: hooks get a new session id, the server and the waiters live on. A running turn dies first. */
  abstract clear(): Promise<void>;
  abstract compact(): Promise<void>;
  /** The user leaves: `SessionEnd`, then the servers' stdin is closed, then the waiters are ended. */
  abstract exit(): Promise<void>;
  /** The client is gone at once. Servers see their pipes break; waiters live on. */
  abstract kill9(): Promise<void>;
  /** Ends everything that this stand-in has started, also what outlived its `kill9`. Idempotent. */
  abstract close(): Promise<void>;

  /** As hooks are told it. */
  get sessionId(): string {
    return this.transcript.last("session")?.sessionId ?? "";
  }

  /** The process of the first server that was started. */
  get serverPid(): number {
    return this.transcript.of("server-start")[0]?.pid ?? -1;
  }

  /** The background hooks that have not left, oldest first. */
  get waiterPids(): number[] {
    const left = this.transcript.of("waiter-exit").map(({ pid }) => pid);
    return this.transcript
      .of("waiter-start")
      .map(({ pid }) => pid)
      .filter((pid) => !left.includes(pid));
  }

  get isIdle(): boolean {
    const last = this.transcript.entries.findLast(({ kind }) => kind === "arrival" || kind === "idle");
    return last?.kind !== "arrival";
  }

  /** Nothing is under way and nothing waits for Claude. */
  async untilIdle(withinMs?: number): Promise<void> {
    await this.transcript.until(() => this.isIdle, withinMs);
  }
}

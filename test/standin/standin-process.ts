/**
 * A stand-in in a process of its own: its hooks have a `CLAUDE_PID` that no other stand-in has, and it can be killed
 * in earnest. The script stays in the test.
 */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { ApiFailure, type ClaudeScript, type Work } from "./claude-script.ts";
import { endProcess } from "./end-process.ts";
import { JsonRpcPeer, type Params } from "./json-rpc.ts";
import type { StandInOptions } from "./options.ts";
import { endOrphan } from "./process-alive.ts";
import { askSchema, type Command } from "./remote.ts";
import { RemoteTurn } from "./remote-turn.ts";
import { StandIn } from "./stand-in.ts";
import { entrySchema } from "./transcript-entry.ts";

const MAIN = fileURLToPath(new URL("./main.ts", import.meta.url));
/** A stand-in ends its own processes first, and a server may take its time. */
const CLOSE_MS = 5_000;

const noteSchema = z.object({ entry: entrySchema });

export class StandInProcess extends StandIn {
  readonly pid: number;
  #child: ChildProcess;
  #peer: JsonRpcPeer;
  #claude: ClaudeScript;
  #mark: string;
  #works = new Map<number, Exclude<Work, number>>();
  #exited: Promise<void>;
  #ended: Promise<void> | undefined;

  static async start(options: StandInOptions, claude: ClaudeScript): Promise<StandInProcess> {
    const standIn = new StandInProcess(claude, options.configDir);
    try {
      await standIn.#tell({ method: "start", options });
    } catch (error) {
      await standIn.close();
      throw error;
    }
    return standIn;
  }

  private constructor(claude: ClaudeScript, configDir: string) {
    super();
    this.#claude = claude;
    // In the environment of every server and hook.
    this.#mark = `CLAUDE_CONFIG_DIR=${configDir}`;
    const child = fork(MAIN, { execArgv: [], stdio: ["ignore", "inherit", "inherit", "ipc"] });
    this.#child = child;
    this.pid = child.pid ?? -1;
    this.#peer = new JsonRpcPeer({
      // A stand-in that has gone is told nothing; its requests have failed by `close`.
      send: (message) => child.connected && child.send(message, () => {}),
      answer: (method, params, signal) => this.#answer(method, params, signal),
      note: (_, params) => this.transcript.append(noteSchema.parse(params).entry),
    });
    child.on("message", (message) => this.#peer.receive(message));
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#exited = promise;
    child.once("exit", () => {
      this.#peer.close("the stand-in has exited");
      resolve();
    });
  }

  async prompt(text: string): Promise<void> {
    await this.#tell({ method: "prompt", text });
  }

  async pressEsc(): Promise<void> {
    await this.#tell({ method: "pressEsc" });
  }

  async answerDialog(behavior: "allow" | "deny"): Promise<void> {
    await this.#tell({ method: "answerDialog", behavior });
  }

  async clear(): Promise<void> {
    await this.#tell({ method: "clear" });
  }

  async compact(): Promise<void> {
    await this.#tell({ method: "compact" });
  }

  async exit(): Promise<void> {
    this.#ended ??= this.#leave("exit");
    await this.#ended;
  }

  async kill9(): Promise<void> {
    this.#ended ??= this.#kill();
    await this.#ended;
  }

  async close(): Promise<void> {
    this.#ended ??= this.#leave("close");
    await this.#ended;
    for (const pid of [this.serverPid, ...this.waiterPids]) endOrphan(pid, this.#mark);
  }

  async #tell(command: Command): Promise<unknown> {
    const { method, ...params } = command;
    return this.#peer.request(method, params);
  }

  async #leave(method: "exit" | "close"): Promise<void> {
    // One that crashed has nothing to say any more.
    await this.#tell({ method }).catch(() => {});
    if (this.#child.connected) this.#child.disconnect();
    await endProcess(this.#child, this.#exited, CLOSE_MS);
  }

  async #kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exited;
    this.transcript.add({ kind: "closed", how: "kill-9" });
  }

  async #answer(method: string, params: Params, signal: AbortSignal): Promise<unknown> {
    const ask = askSchema.parse({ ...params, method });
    if (ask.method === "work") {
      const text = await this.#works.get(ask.id)?.(signal);
      return { text: text ?? "" };
    }
    const turn = new RemoteTurn(ask, signal, (command) => this.#tell(command), this.#works);
    try {
      return { message: (await this.#claude(turn)) ?? "" };
    } catch (error) {
      if (error instanceof ApiFailure) return { apiFailure: error.error };
      throw error;
    }
  }
}

/**
 * One turn of Claude: its script runs, tools are used, what arrived meanwhile joins after each of them, and Stop
 * hooks may make it go on, at most 8 times in a row. Esc ends it with neither `Stop` nor `StopFailure`.
 */
import { setTimeout as sleep } from "node:timers/promises";
import {
  ApiFailure,
  type ClaudeRequest,
  type ClaudeScript,
  type ClaudeTurn,
  type Part,
  type ToolAnswer,
  type Work,
} from "./claude-script.ts";
import type { Params } from "./json-rpc.ts";
import { orAborted } from "./or-aborted.ts";
import { shownToClaude, type ToolResult } from "./tool-result.ts";
import { type ToolUse, type ToolUseSurroundings, useTool } from "./tool-use.ts";
import type { Toolbox } from "./toolbox.ts";
import { originSchema } from "./transcript-entry.ts";

export interface TurnSurroundings extends ToolUseSurroundings {
  toolbox: Toolbox;
  /** Where results go that are too long for Claude. */
  spillFolder: string;
  /** What has arrived since, as far as hooks let it, and context that waits for a request. */
  joining(signal: AbortSignal): Promise<Part[]>;
}

const MOST_BLOCKS_IN_A_ROW = 8;

export class Turn implements ClaudeTurn {
  readonly number: number;
  request: ClaudeRequest = { parts: [], text: "", instructions: undefined };
  #around: TurnSurroundings;
  #abort = new AbortController();

  constructor(number: number, around: TurnSurroundings) {
    this.number = number;
    this.#around = around;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  abort(why: string): void {
    this.#abort.abort(new Error(`turn ${this.number} was ended by ${why}`));
  }

  async live(parts: Part[], instructions: string | undefined, claude: ClaudeScript): Promise<void> {
    const { transcript, hooks } = this.#around;
    this.request = requestOf(parts, instructions);
    transcript.add({
      kind: "turn-begin",
      turn: this.number,
      origins: [...new Set(parts.flatMap(({ from }) => originSchema.safeParse(from).data ?? []))],
      instructions: instructions !== undefined,
      reads: this.request.text,
    });
    const end = (how: "stopped" | "failed" | "esc" | "script-error", message: string) =>
      transcript.add({ kind: "turn-end", turn: this.number, how, message });
    try {
      end("stopped", await this.#untilLetGo(claude));
    } catch (error) {
      if (this.signal.aborted) return end("esc", "");
      if (!(error instanceof ApiFailure)) {
        return end("script-error", error instanceof Error ? (error.stack ?? error.message) : String(error));
      }
      const fields = { error: error.error, last_assistant_message: error.message };
      await hooks.fire("StopFailure", fields, this.signal);
      end("failed", error.message);
    }
  }

  async callTool(name: string, input: Params = {}): Promise<ToolAnswer> {
    const { toolbox, spillFolder } = this.#around;
    const known = toolbox.find(name);
    if (!known) return this.#refuse(name, input, `Error: No such tool available: ${name}`);
    if (toolbox.isDeferred(known)) {
      return this.#refuse(
        known.fullName,
        input,
        `${known.fullName} is deferred: search for it before calling it`,
      );
    }
    return this.#use(known.fullName, known.tool.description ?? "", input, async (callId) => {
      try {
        return shownToClaude(
          await known.server.call(known.tool.name, input, this.signal),
          callId,
          spillFolder,
        );
      } catch (error) {
        return failure(error);
      }
    });
  }

  async useTool(tool: string, input: Params, work: Work = 0): Promise<ToolAnswer> {
    return this.#use(tool, tool, input, async () => {
      try {
        const done = typeof work === "number" ? sleep(work, "", { signal: this.signal }) : work(this.signal);
        const text = (await orAborted(done, this.signal)) ?? "";
        return { failed: false, text, response: text };
      } catch (error) {
        return failure(error);
      }
    });
  }

  async searchTools(...tools: string[]): Promise<ToolAnswer> {
    const query = `select:${tools.join(",")}`;
    return this.useTool("ToolSearch", { query }, async () => this.#around.toolbox.search(tools));
  }

  async #untilLetGo(claude: ClaudeScript): Promise<string> {
    const { hooks, transcript } = this.#around;
    for (let inARow = 0; ; inARow++) {
      this.signal.throwIfAborted();
      const message = (await orAborted(claude(this), this.signal)) ?? "";
      const fields = { stop_hook_active: inARow > 0, last_assistant_message: message };
      const { block: reason, context } = await hooks.fire("Stop", fields, this.signal);
      this.signal.throwIfAborted();
      if (reason === undefined) return message;
      if (inARow === MOST_BLOCKS_IN_A_ROW) {
        transcript.add({ kind: "stop-block-ignored", turn: this.number, reason });
        return message;
      }
      transcript.add({ kind: "stop-blocked", turn: this.number, reason, inARow: inARow + 1 });
      const parts: Part[] = [
        { from: "stop-hook", text: `Stop hook feedback:\n${reason}` },
        ...context.map(asContext),
      ];
      this.request = this.#read("stop-hook", parts);
    }
  }

  async #use(tool: string, description: string, input: Params, run: ToolUse["run"]): Promise<ToolAnswer> {
    this.signal.throwIfAborted();
    const use: ToolUse = { turn: this.number, tool, description, input, run };
    const { outcome, text, context } = await useTool(use, this.#around, this.signal);
    return this.#answer(outcome, text, context);
  }

  /** What never gets as far as a hook. */
  async #refuse(tool: string, input: Params, text: string): Promise<ToolAnswer> {
    const { transcript } = this.#around;
    const call = { turn: this.number, id: "", tool };
    transcript.add({ kind: "tool-call", ...call, input });
    transcript.add({ kind: "tool-answer", ...call, outcome: "failed", text });
    return this.#answer("failed", text, []);
  }

  async #answer(outcome: ToolAnswer["outcome"], text: string, context: string[]): Promise<ToolAnswer> {
    const joined = await this.#around.joining(this.signal);
    this.signal.throwIfAborted();
    const next = this.#read("tool", [{ from: "tool", text }, ...context.map(asContext), ...joined]);
    return { outcome, text, next };
  }

  #read(after: "tool" | "stop-hook", parts: Part[]): ClaudeRequest {
    const request = requestOf(parts, this.request.instructions);
    this.#around.transcript.add({ kind: "read", turn: this.number, after, reads: request.text });
    return request;
  }
}

/** Hooks' context reaches Claude as a reminder beside what it belongs to. */
export function asContext(text: string): Part {
  return { from: "context", text: `<system-reminder>\nhook additional context: ${text}\n</system-reminder>` };
}

function requestOf(parts: Part[], instructions: string | undefined): ClaudeRequest {
  return { parts, text: parts.map((part) => part.text).join("\n\n"), instructions };
}

function failure(error: unknown): ToolResult {
  const text = `Error: ${error instanceof Error ? error.message : String(error)}`;
  return { failed: true, text, response: text };
}

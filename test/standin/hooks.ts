/**
 * Fires hooks: all that match an event, side by side, and gives their combined verdict. A hook that fails decides
 * nothing. Hooks' own tool calls go straight to the server: they pass no hook themselves.
 */
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { type CommandSettings, endCommand, startCommand } from "./command-hook.ts";
import { matches } from "./hook-matcher.ts";
import { blockedBy, combine, readOutput, type Verdict } from "./hook-output.ts";
import type { Params } from "./json-rpc.ts";
import type { McpConnection } from "./mcp-connection.ts";
import { expandPaths } from "./placeholders.ts";
import type { CommandHook, Hook, HookGroups, McpToolHook } from "./plugin-folder.ts";
import type { Transcript } from "./transcript.ts";
import type { EntryOf } from "./transcript-entry.ts";
import type { Waiters } from "./waiters.ts";

const DEFAULT_TIMEOUT_SECONDS = { mcp_tool: 60, command: 600 };

export interface HookSurroundings {
  groups: HookGroups;
  command: CommandSettings;
  waiters: Waiters;
  transcript: Transcript;
  server(name: string): McpConnection | undefined;
  /** What every hook is told: the session's id, folder, transcript and permission mode. */
  facts(event: string): Params & { session_id: string };
}

type Outcome = EntryOf<"hook">["outcome"];
type Told = { outcome: Outcome; output: string; verdict: Verdict };

const NOTHING: Verdict = { context: [] };

export class Hooks {
  #around: HookSurroundings;

  constructor(around: HookSurroundings) {
    this.#around = around;
  }

  /** Never rejects; an aborted hook has no verdict. `withinMs` is a limit for all hooks of the event. */
  async fire(event: string, fields: Params, signal?: AbortSignal, withinMs?: number): Promise<Verdict> {
    const input = { ...this.#around.facts(event), hook_event_name: event, ...fields };
    const groups = this.#around.groups[event] ?? [];
    const meant = groups
      .filter((group) => matches(group.matcher, event, input))
      .flatMap((group) => group.hooks);
    return combine(await Promise.all(meant.map((hook) => this.#run(event, hook, input, signal, withinMs))));
  }

  async #run(
    event: string,
    hook: Hook,
    input: Params & { session_id: string },
    aborted: AbortSignal | undefined,
    withinMs: number | undefined,
  ): Promise<Verdict> {
    if (hook.type === "command" && (hook.async || hook.asyncRewake)) {
      this.#around.waiters.start(event, hook, input);
      return NOTHING;
    }
    const limitMs = Math.min(
      withinMs ?? Infinity,
      (hook.timeout ?? DEFAULT_TIMEOUT_SECONDS[hook.type]) * 1_000,
    );
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), limitMs);
    const signal = aborted ? AbortSignal.any([aborted, limit.signal]) : limit.signal;
    const told =
      hook.type === "command"
        ? await this.#command(event, hook, input, signal)
        : await this.#tool(event, hook, input, signal);
    clearTimeout(timer);
    const outcome = !signal.aborted ? told.outcome : aborted?.aborted ? "aborted" : "timed-out";
    this.#around.transcript.add({
      kind: "hook",
      event,
      type: hook.type,
      name: hook.type === "command" ? hook.command : hook.tool,
      outcome,
      output: told.output,
      sessionId: input.session_id,
      input,
    });
    return signal.aborted ? NOTHING : told.verdict;
  }

  async #command(event: string, hook: CommandHook, input: Params, signal: AbortSignal): Promise<Told> {
    const run = startCommand(hook, input, this.#around.command);
    const end = () => endCommand(hook, run, "SIGKILL");
    signal.addEventListener("abort", end, { once: true });
    const { code, stdout, stderr } = await run.left;
    signal.removeEventListener("abort", end);
    if (code === 2) return { outcome: "blocked", output: stderr, verdict: blockedBy(event, stderr) };
    return code === 0 ? read(event, stdout) : failed(stderr);
  }

  async #tool(event: string, hook: McpToolHook, input: Params, signal: AbortSignal): Promise<Told> {
    // The servers are already being closed, so the client offers no tools to this event.
    if (event === "SessionEnd") return { outcome: "not-available", output: "", verdict: NOTHING };
    const server = this.#around.server(hook.server);
    if (!server?.connected) return { outcome: "not-connected", output: "", verdict: NOTHING };
    const args: Params = {};
    for (const [key, template] of Object.entries(hook.input)) args[key] = expandPaths(template, input);
    try {
      const result = await server.call(hook.tool, args, signal);
      return result.isError ? failed(textOf(result)) : read(event, textOf(result));
    } catch (error) {
      return failed(String(error));
    }
  }
}

function read(event: string, output: string): Told {
  const verdict = readOutput(event, output);
  return "malformed" in verdict
    ? failed(`${verdict.malformed}: ${output}`)
    : { outcome: "answered", output, verdict };
}

function failed(output: string): Told {
  return { outcome: "failed", output, verdict: NOTHING };
}

function textOf(result: CallToolResult): string {
  return result.content.map((block) => (block.type === "text" ? block.text : "")).join("\n");
}

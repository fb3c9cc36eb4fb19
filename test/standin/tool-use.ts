/**
 * One use of a tool by the model: `PreToolUse`, the permission, the tool itself, `PostToolUse` (or
 * `PostToolUseFailure`). An aborted use ends without a last hook.
 */
import { randomUUID } from "node:crypto";
import type { Dialogs } from "./dialogs.ts";
import type { Verdict } from "./hook-output.ts";
import type { Hooks } from "./hooks.ts";
import type { Params } from "./json-rpc.ts";
import type { Settings } from "./options.ts";
import type { ToolResult } from "./tool-result.ts";
import type { Transcript } from "./transcript.ts";
import type { EntryOf } from "./transcript-entry.ts";

export interface ToolUse {
  turn: number;
  /** Full name. */
  tool: string;
  description: string;
  input: Params;
  run(callId: string): Promise<ToolResult>;
}

export interface ToolUseSurroundings {
  hooks: Hooks;
  dialogs: Dialogs;
  transcript: Transcript;
  settings: Settings;
}

export interface ToolUsed {
  outcome: EntryOf<"tool-answer">["outcome"];
  text: string;
  /** What hooks put beside the answer. */
  context: string[];
}

const READS_ONLY = ["Read", "Grep", "Glob", "ToolSearch", "TodoWrite"];

export async function useTool(
  use: ToolUse,
  around: ToolUseSurroundings,
  signal: AbortSignal,
): Promise<ToolUsed> {
  const { hooks, transcript } = around;
  const id = `toolu_${randomUUID().replaceAll("-", "").slice(0, 24)}`;
  const facts = { tool_name: use.tool, tool_input: use.input, tool_use_id: id };
  const answer = (used: ToolUsed): ToolUsed => {
    const { outcome, text } = used;
    transcript.add({ kind: "tool-answer", turn: use.turn, id, tool: use.tool, outcome, text });
    return used;
  };

  transcript.add({ kind: "tool-call", turn: use.turn, id, tool: use.tool, input: use.input });
  const before = await hooks.fire("PreToolUse", facts, signal);
  signal.throwIfAborted();
  const refused = await refusal(use, before, around, signal);
  signal.throwIfAborted();
  if (refused !== undefined) return answer({ outcome: "denied", text: refused, context: before.context });

  const result = await use.run(id);
  signal.throwIfAborted();
  const after = result.failed
    ? await hooks.fire("PostToolUseFailure", { ...facts, error: result.text, is_interrupt: false }, signal)
    : await hooks.fire("PostToolUse", { ...facts, tool_response: result.response }, signal);
  signal.throwIfAborted();
  const context = [...before.context, ...after.context, ...(after.block === undefined ? [] : [after.block])];
  return answer({ outcome: result.failed ? "failed" : "answered", text: result.text, context });
}

/** Why the tool may not run, if it may not. */
async function refusal(
  { tool, description, input }: ToolUse,
  { permission }: Verdict,
  { dialogs, settings }: ToolUseSurroundings,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (permission?.decision === "deny") return permission.reason;
  if (permission?.decision === "allow") return undefined;
  if (permission === undefined && !asks(tool, settings)) return undefined;
  // Nobody sits before a headless session: what would open a dialog is refused.
  if (settings.entrypoint === "sdk-cli")
    return `Claude requested permissions to use ${tool}, but you haven't granted it yet.`;
  const { behavior, message } = await dialogs.ask(tool, description, input, signal);
  return behavior === "deny" ? message : undefined;
}

function asks(tool: string, { permissionMode, allowedTools }: Settings): boolean {
  if (READS_ONLY.includes(tool) || allowedTools.includes(tool)) return false;
  if (permissionMode === "acceptEdits") return tool !== "Edit" && tool !== "Write";
  return permissionMode === "default";
}

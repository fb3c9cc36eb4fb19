/** What a hook tells, from `${…}` placeholders: what was absent comes as an empty string, or as the placeholder. */
import * as z from "zod";

const word = z.preprocess(
  (value) => (typeof value === "string" && !/^\$\{[^}]*\}$/.test(value) ? value : ""),
  z.string(),
);

export const HookCall = z.object({
  event: word,
  session_id: word,
  /** SessionStart: startup, resume, clear, compact. */
  source: word,
  prompt: word,
  tool_name: word,
  tool_use_id: word,
  notification_type: word,
});
export type HookCall = z.infer<typeof HookCall>;

/** What the client reads as the hook's output (Claude Code's documentation, Hooks reference). */
export type HookAnswer =
  | Record<string, never>
  | { decision: "block"; reason: string }
  | { hookSpecificOutput: { hookEventName: string } & Record<string, string> };

export const NOTHING: HookAnswer = {};

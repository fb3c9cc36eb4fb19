/**
 * What a hook's text means to the client, per the Claude Code docs, Hooks reference: JSON decides, other text is
 * context where the event takes any, and exit code 2 of a command blocks with its stderr.
 */
import { z } from "zod";

export interface Verdict {
  /** The reason of the first hook that blocked. */
  block?: string;
  /** Of `PreToolUse`. */
  permission?: { decision: "allow" | "deny" | "ask"; reason: string };
  /** Of `PermissionRequest`. */
  dialog?: { behavior: "allow" | "deny"; message: string };
  /** What stands in Claude's next request. */
  context: string[];
}

const outputSchema = z.object({
  decision: z.enum(["block", "approve"]).optional(),
  reason: z.string().default(""),
  hookSpecificOutput: z
    .object({
      hookEventName: z.string(),
      additionalContext: z.string().optional(),
      permissionDecision: z.enum(["allow", "deny", "ask"]).optional(),
      permissionDecisionReason: z.string().default(""),
      decision: z.object({ behavior: z.enum(["allow", "deny"]), message: z.string().default("") }).optional(),
    })
    .optional(),
});

/** Plain text of these hooks is context for Claude; of all others it only stands in the debug log. */
const PLAIN_TEXT_IS_CONTEXT = ["SessionStart", "UserPromptSubmit"];

/** The verdict, or why the client cannot read it (which does not block anything). */
export function readOutput(event: string, text: string): Verdict | { malformed: string } {
  const trimmed = text.trim();
  if (!trimmed.startsWith("{")) {
    return { context: trimmed !== "" && PLAIN_TEXT_IS_CONTEXT.includes(event) ? [trimmed] : [] };
  }
  let json: unknown;
  try {
    json = JSON.parse(trimmed);
  } catch (error) {
    return { malformed: String(error) };
  }
  const parsed = outputSchema.safeParse(json);
  if (!parsed.success) return { malformed: z.prettifyError(parsed.error) };
  const { decision, reason, hookSpecificOutput: specific } = parsed.data;
  if (specific && specific.hookEventName !== event) {
    return { malformed: `hookEventName is ${specific.hookEventName}, but the hook is ${event}` };
  }
  const verdict: Verdict = { context: specific?.additionalContext ? [specific.additionalContext] : [] };
  if (decision === "block") verdict.block = reason;
  if (specific?.permissionDecision) {
    verdict.permission = { decision: specific.permissionDecision, reason: specific.permissionDecisionReason };
  }
  if (specific?.decision) verdict.dialog = specific.decision;
  return verdict;
}

/** Exit code 2 of a command hook. */
export function blockedBy(event: string, stderr: string): Verdict {
  const reason = stderr.trim();
  if (event === "PreToolUse") return { permission: { decision: "deny", reason }, context: [] };
  if (event === "PermissionRequest") return { dialog: { behavior: "deny", message: reason }, context: [] };
  return { block: reason, context: [] };
}

const STRICTEST_FIRST = ["deny", "ask", "allow"] as const;

/** Several hooks ran for one event: the strictest permission, else the first that decided. */
export function combine(verdicts: Verdict[]): Verdict {
  const combined: Verdict = { context: verdicts.flatMap((verdict) => verdict.context) };
  const block = verdicts.find((verdict) => verdict.block !== undefined)?.block;
  if (block !== undefined) combined.block = block;
  const dialog = verdicts.find((verdict) => verdict.dialog)?.dialog;
  if (dialog) combined.dialog = dialog;
  const permissions = verdicts.flatMap((verdict) => verdict.permission ?? []);
  const permission = STRICTEST_FIRST.map((decision) =>
    permissions.find((one) => one.decision === decision),
  ).find((found) => found !== undefined);
  if (permission) combined.permission = permission;
  return combined;
}

/**
 * Whether a group of hooks is meant, per the Claude Code docs, Hooks reference: nothing or `*` matches all, plain
 * names separated by `|` match exactly, anything else is a regular expression.
 */
export function matches(matcher: string | undefined, event: string, input: Record<string, unknown>): boolean {
  const field = MATCHED_FIELD[event];
  if (matcher === undefined || matcher === "" || matcher === "*" || field === undefined) return true;
  const value = String(input[field] ?? "");
  if (/^[\w|]+$/.test(matcher)) return matcher.split("|").includes(value);
  return new RegExp(matcher).test(value);
}

/** Events that are not here have no matcher: it is ignored. */
const MATCHED_FIELD: Record<string, string> = {
  PreToolUse: "tool_name",
  PostToolUse: "tool_name",
  PostToolUseFailure: "tool_name",
  PermissionRequest: "tool_name",
  SessionStart: "source",
  SessionEnd: "reason",
  Notification: "notification_type",
  PreCompact: "trigger",
  StopFailure: "error",
};

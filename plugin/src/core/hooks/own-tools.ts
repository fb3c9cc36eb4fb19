/** How the client names the tools of this plugin's server. */
const PREFIX = "mcp__plugin_signalbox_box__";

/** The tool that hooks call. */
export const HOOK_TOOL = "hook";

/** They run without a dialog: they only speak of the event that the session was given. */
const APPROVED = new Set(["event_take", "event_ack", "event_extend", "event_payload"]);

/** Null: not a tool of this plugin. */
export function ownTool(toolName: string): string | null {
  return toolName.startsWith(PREFIX) ? toolName.slice(PREFIX.length) : null;
}

export const isApproved = (tool: string): boolean => APPROVED.has(tool);

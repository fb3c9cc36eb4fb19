/**
 * What becomes of a `notifications/claude/channel`: lost without a word, or a `<channel …>` tag that Claude
 * reads. Per the Claude Code docs, Channels reference, and what was seen with client 2.1.329.
 */
import { z } from "zod";

export type ChannelEvent =
  | { kind: "arrives"; tag: string; droppedKeys: string[] }
  | { kind: "lost"; reason: string };

export interface ChannelState {
  /** The session was started with this server as a channel. */
  loaded: boolean;
  /** The server declared `experimental["claude/channel"]`. */
  declared: boolean;
  source: string;
  /** Since `notifications/initialized`; negative before it. */
  sinceInitializedMs: number;
  earlyEventMs: number;
}

/** A value of `meta` that is not a string loses the whole event. */
const paramsSchema = z.object({ content: z.string(), meta: z.record(z.string(), z.string()).optional() });
const KEY = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

export function receiveChannelEvent(params: unknown, state: ChannelState): ChannelEvent {
  if (!state.declared) return { kind: "lost", reason: "the server did not declare claude/channel" };
  if (!state.loaded) return { kind: "lost", reason: "the channel is not loaded" };
  if (state.sinceInitializedMs < state.earlyEventMs) {
    return { kind: "lost", reason: `sent ${state.sinceInitializedMs} ms after initialized: too early` };
  }
  const parsed = paramsSchema.safeParse(params);
  if (!parsed.success) return { kind: "lost", reason: `malformed: ${z.prettifyError(parsed.error)}` };
  const { content, meta = {} } = parsed.data;
  const keys = Object.keys(meta);
  const attributes = keys
    .filter((key) => KEY.test(key))
    .map((key) => ` ${key}="${attributeValue(meta[key] ?? "")}"`)
    .join("");
  return {
    kind: "arrives",
    tag: `<channel source="${attributeValue(state.source)}"${attributes}>\n${closed(content)}\n</channel>`,
    droppedKeys: keys.filter((key) => !KEY.test(key)),
  };
}

/** Only the closing tag is neutralised; an opening one is the server's duty. */
function closed(content: string): string {
  return content.replaceAll("</channel", "<\\/channel");
}

function attributeValue(value: string): string {
  return value
    .replaceAll("&", "&amp;")
    .replaceAll('"', "&quot;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}

/**
 * Everything that can stand in a transcript. Schemas, because entries also cross from a stand-in's own process
 * to the test.
 */
import { z } from "zod";

const turn = z.number();
const text = z.string();
const pid = z.number();
const event = z.string();
const json = z.record(z.string(), z.unknown());

/** Where something that Claude will read came from. */
export const originSchema = z.enum(["user", "channel", "wake"]);
export type Origin = z.infer<typeof originSchema>;

const entrySchemas = z.discriminatedUnion("kind", [
  /** A session began; `clear` gives hooks a new id while the server keeps the old one. */
  z.object({
    kind: z.literal("session"),
    sessionId: text,
    source: z.enum(["startup", "resume", "clear", "compact"]),
  }),
  z.object({ kind: z.literal("session-end"), sessionId: text, reason: text }),

  z.object({ kind: z.literal("server-start"), server: text, pid }),
  z.object({
    kind: z.literal("server-connected"),
    server: text,
    instructions: text.optional(),
    channel: z.boolean(),
    tools: z.array(z.object({ name: text, deferred: z.boolean() })),
  }),
  /** The handshake failed: the session goes on without this server. */
  z.object({ kind: z.literal("server-failed"), server: text, error: text }),
  z.object({
    kind: z.literal("server-exit"),
    server: text,
    code: z.number().nullable(),
    signal: text.nullable(),
  }),
  /** A line on stdout that is not MCP. */
  z.object({ kind: z.literal("server-noise"), server: text, line: text }),
  z.object({ kind: z.literal("server-log"), server: text, line: text }),

  /** A hook was run, or would have been. `output` is its text, stderr where the exit code was not 0. */
  z.object({
    kind: z.literal("hook"),
    event,
    sessionId: text,
    type: z.enum(["mcp_tool", "command"]),
    name: text,
    input: json,
    outcome: z.enum([
      "answered",
      "blocked",
      "failed",
      "timed-out",
      "aborted",
      "not-connected",
      "not-available",
    ]),
    output: text,
  }),
  /** A hook that runs in the background began (`asyncRewake`, `async`). */
  z.object({ kind: z.literal("waiter-start"), event, pid }),
  z.object({
    kind: z.literal("waiter-exit"),
    event,
    pid,
    code: z.number().nullable(),
    signal: text.nullable(),
    stderr: text,
  }),

  /** Something came that Claude is to read: now, if idle; else after the tool call under way. */
  z.object({ kind: z.literal("arrival"), origin: originSchema, text }),
  /** A channel notification that nobody will ever hear of again. */
  z.object({ kind: z.literal("dropped"), reason: text, params: json }),
  /** `meta` keys that were left out of an event that arrived. */
  z.object({ kind: z.literal("meta-dropped"), keys: z.array(text) }),
  /** A `UserPromptSubmit` hook kept an arrival from the model. */
  z.object({ kind: z.literal("withdrawn"), origin: originSchema, text, reason: text }),

  /** A turn began: `reads` is the exact text that Claude was given. */
  z.object({
    kind: z.literal("turn-begin"),
    turn,
    origins: z.array(originSchema),
    instructions: z.boolean(),
    reads: text,
  }),
  /** What Claude read later in the turn: a tool's answer and what joined it, or a Stop hook's reason. */
  z.object({ kind: z.literal("read"), turn, after: z.enum(["tool", "stop-hook"]), reads: text }),
  z.object({ kind: z.literal("tool-call"), turn, id: text, tool: text, input: json }),
  z.object({
    kind: z.literal("tool-answer"),
    turn,
    id: text,
    tool: text,
    outcome: z.enum(["answered", "failed", "denied"]),
    text,
  }),
  z.object({ kind: z.literal("dialog-open"), id: text, tool: text, input: json }),
  z.object({
    kind: z.literal("dialog-close"),
    id: text,
    by: z.enum(["user", "hook", "relay", "esc"]),
    behavior: z.enum(["allow", "deny"]),
  }),
  /** A permission answer with an id that no open dialog has. */
  z.object({ kind: z.literal("relay-ignored"), requestId: text }),
  z.object({ kind: z.literal("stop-blocked"), turn, reason: text, inARow: z.number() }),
  /** A ninth block in a row: the turn ends all the same. */
  z.object({ kind: z.literal("stop-block-ignored"), turn, reason: text }),
  z.object({
    kind: z.literal("turn-end"),
    turn,
    how: z.enum(["stopped", "failed", "esc", "script-error"]),
    message: text,
  }),
  /** Nothing is under way and nothing waits. */
  z.object({ kind: z.literal("idle") }),
  z.object({ kind: z.literal("closed"), how: z.enum(["exit", "kill-9", "close"]) }),
]);

export const entrySchema = z.intersection(entrySchemas, z.object({ at: z.number() }));

/** What happened. */
export type Happening = z.infer<typeof entrySchemas>;
export type Kind = Happening["kind"];
/** What happened, and when (ms since the epoch). */
export type Entry = z.infer<typeof entrySchema>;
export type EntryOf<K extends Kind> = Extract<Happening, { kind: K }> & { at: number };

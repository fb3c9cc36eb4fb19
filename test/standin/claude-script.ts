/** The model's part, written by the test: what Claude does with what it reads. */
import { z } from "zod";
import { originSchema } from "./transcript-entry.ts";

export const partSchema = z.object({
  from: z.enum([...originSchema.options, "tool", "context", "stop-hook"]),
  text: z.string(),
});
/** One piece of what Claude reads. */
export type Part = z.infer<typeof partSchema>;

export const requestSchema = z.object({
  parts: z.array(partSchema),
  /** All parts, in order. */
  text: z.string(),
  /** The servers' instructions; missing where the very first turn is not the user's. */
  instructions: z.string().optional(),
});
/** What Claude reads at once. */
export type ClaudeRequest = z.infer<typeof requestSchema>;

export const toolAnswerSchema = z.object({
  outcome: z.enum(["answered", "failed", "denied"]),
  /** What Claude reads as the answer: the result, the error, or the reason why it was denied. */
  text: z.string(),
  /** The answer, and with it all that joined the turn meanwhile. */
  next: requestSchema,
});
export type ToolAnswer = z.infer<typeof toolAnswerSchema>;

/** How long a built-in tool runs, or what it does; its text is the tool's answer. */
export type Work = number | ((signal: AbortSignal) => Promise<string | undefined>);

export interface ClaudeTurn {
  readonly number: number;
  /** What Claude was given when its script was called. */
  readonly request: ClaudeRequest;
  /** Aborted by Esc, `/clear`, and the end of the client. Everything below then rejects. */
  readonly signal: AbortSignal;
  /** Calls a tool of a server, by its full name (`mcp__…__TOOL`) or its own. */
  callTool(tool: string, input?: Record<string, unknown>): Promise<ToolAnswer>;
  /** Uses a built-in tool. */
  useTool(tool: string, input: Record<string, unknown>, work?: Work): Promise<ToolAnswer>;
  /** Looks deferred tools up, so that they can be called. */
  searchTools(...tools: string[]): Promise<ToolAnswer>;
}

/**
 * Called when a turn begins and again each time that a Stop hook makes Claude go on; returns Claude's last words.
 * Throwing `ApiFailure` ends the turn as a failed request to the model does.
 */
export type ClaudeScript = (turn: ClaudeTurn) => Promise<string | undefined>;

/** The request to the model failed: `StopFailure` fires instead of `Stop`. */
export class ApiFailure extends Error {
  readonly error: string;
  constructor(error = "server_error") {
    super(`API Error: ${error}`);
    this.name = "ApiFailure";
    this.error = error;
  }
}

/** What Claude is shown of a tool's result, as seen with client 2.1.329. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";

/** About 25,000 tokens. */
export const LONGEST_RESULT_CHARS = 100_000;

export interface ToolResult {
  failed: boolean;
  /** What Claude reads. */
  text: string;
  /** What `PostToolUse` gets as `tool_response`. */
  response: unknown;
}

export function shownToClaude(result: CallToolResult, callId: string, spillFolder: string): ToolResult {
  // Structured content is all that is shown; the text beside it is lost.
  const text = result.structuredContent
    ? JSON.stringify(result.structuredContent)
    : result.content.map((block) => (block.type === "text" ? block.text : `[${block.type}]`)).join("\n");
  if (text.length <= LONGEST_RESULT_CHARS) {
    return { failed: result.isError === true, text, response: result.content };
  }
  mkdirSync(spillFolder, { recursive: true });
  const file = join(spillFolder, `${callId}.txt`);
  writeFileSync(file, text);
  const error = `Error: result (${text.length} characters) exceeds maximum allowed tokens. Output has been saved to ${file}. Search it for what you need.`;
  return { failed: true, text: error, response: error };
}

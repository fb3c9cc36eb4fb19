/** Which Claude Code there is, and whether it is one that the plugin is written for. */
import { runProgram } from "./program.ts";

/** Of the client whose hooks and wakes the plugin was written by. */
export const WRITTEN_FOR = "2.1.329";

export type ClaudeVersion =
  | { kind: "not_found" }
  /** It does not say, or not in a way that we know. */
  | { kind: "unknown" }
  | { kind: "older"; version: string }
  | { kind: "good"; version: string };

export async function claudeVersion(env: NodeJS.ProcessEnv): Promise<ClaudeVersion> {
  const result = await runProgram("claude", ["--version"], env);
  if (result.kind === "not_found") return result;
  const [version] = /\d+\.\d+\.\d+/.exec(result.code === 0 ? result.output : "") ?? [];
  if (version === undefined) return { kind: "unknown" };
  return { kind: isOlder(version, WRITTEN_FOR) ? "older" : "good", version };
}

export const OLD_CLAUDE_CURE =
  "Update it (`claude update`): the plugin needs hooks of the type `mcp_tool` and `asyncRewake`, without which events don't reach the session";

function isOlder(version: string, than: string): boolean {
  const [left, right] = [version, than].map((text) => text.split(".").map(Number));
  const at = left?.findIndex((part, index) => part !== right?.[index]) ?? -1;
  return at >= 0 && Number(left?.[at]) < Number(right?.[at]);
}

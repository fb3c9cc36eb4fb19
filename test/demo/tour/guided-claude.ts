/** A Claude that handles its events, and that calls the tool that its user names: `call TOOL {"argument": …}`. */
import { ackingClaude, type PlanFor } from "../../standin/acking-claude.ts";
import type { ClaudeScript, ClaudeTurn, ToolAnswer } from "../../standin/claude-script.ts";

const CALL = /^call (\w+) (\{.*\})$/s;

export function guidedClaude(plan: PlanFor): ClaudeScript {
  const handles = ackingClaude(plan);
  return async (turn) => {
    for (const { from, text } of turn.request.parts) {
      const [, tool, input] = (from === "user" && CALL.exec(text)) || [];
      if (tool === undefined || input === undefined) continue;
      const answer = await uses(turn, tool, JSON.parse(input));
      return answer.text;
    }
    return handles(turn);
  };
}

/** Most tools are deferred: Claude looks one up before it calls it. */
export async function uses(
  turn: ClaudeTurn,
  tool: string,
  input: Record<string, unknown>,
): Promise<ToolAnswer> {
  await turn.searchTools(tool);
  return turn.callTool(tool, input);
}

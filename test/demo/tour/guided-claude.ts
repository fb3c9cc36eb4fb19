/** A Claude that handles its events, and that calls the tool that its user names: `call TOOL {"argument": …}`. */
import { ackingClaude, type PlanFor } from "../../standin/acking-claude.ts";
import type { ClaudeScript } from "../../standin/claude-script.ts";

const CALL = /^call (\w+) (\{.*\})$/s;

export function guidedClaude(plan: PlanFor): ClaudeScript {
  const handles = ackingClaude(plan);
  return async (turn) => {
    for (const { from, text } of turn.request.parts) {
      const [, tool, input] = (from === "user" && CALL.exec(text)) || [];
      if (tool === undefined || input === undefined) continue;
      const answer = await turn.callTool(tool, JSON.parse(input));
      return answer.text;
    }
    return handles(turn);
  };
}

/** What a hook's answer means to the client, by the rules of the channel contract. */
import { z } from "zod";

export interface Verdict {
  /** The prompt never reaches the model, or the turn goes on. */
  block: string | null;
  /** Why the tool may not run; null: it may. */
  denied: string | null;
  /** The hook gave no answer: it decided nothing. */
  unanswered: boolean;
}

export const NO_VERDICT: Verdict = { block: null, denied: null, unanswered: false };
export const UNANSWERED: Verdict = { block: null, denied: null, unanswered: true };

const Output = z.object({
  decision: z.literal("block").optional(),
  reason: z.string().optional(),
  hookSpecificOutput: z
    .looseObject({
      permissionDecision: z.enum(["allow", "deny"]).optional(),
      permissionDecisionReason: z.string().optional(),
    })
    .optional(),
});

export function verdictOf(text: string): Verdict {
  const { decision, reason, hookSpecificOutput } = Output.parse(JSON.parse(text));
  return {
    block: decision === "block" ? (reason ?? "") : null,
    denied:
      hookSpecificOutput?.permissionDecision === "deny"
        ? (hookSpecificOutput.permissionDecisionReason ?? "")
        : null,
    unanswered: false,
  };
}

import { SignalboxError } from "../domain/errors.ts";
import { type Call, isGiven } from "./command.ts";
import type { Plan } from "./connection-plan.ts";

/** The plan, once whoever owns a foreign configuration has agreed that it is replaced. */
export async function agreed(plan: Plan, call: Call, path: string): Promise<Exclude<Plan, { kind: "ask" }>> {
  if (plan.kind !== "ask") return plan;
  const what = `the configuration ${path} ${plan.why}`;
  if (isGiven(call, "force")) return { kind: "make" };
  const answer = await call.terminal.ask(`${what}. Replace it, and keep it as .bak?`);
  if (answer === true) return { kind: "make" };
  throw new SignalboxError(
    "conflict",
    "foreign_configuration",
    `${what}; nothing was changed`,
    "`npm run connect -- --force` replaces it (the old one is kept as .bak), SIGNALBOX_CONFIG names another file",
  );
}

import * as z from "zod";
import { ControlService } from "../../../../proto/gen/signalbox/v1/control_pb.ts";
import type { Parts } from "../parts.ts";
import { isTag, TAG_RULE } from "../tag.ts";
import { ask } from "./ask.ts";
import { historyText } from "./history-words.ts";
import { answer, type Tool, tool } from "./tool.ts";

const STATES = {
  done: "acked",
  dead: "dead",
  cancelled: "cancelled",
  superseded: "superseded",
  lapsed: "lapsed",
  dropped: "dropped",
};
const MOST = 100;
const SINCE_RULE = "takes a date, 2026-01-31, or a time, 2026-01-31T08:00:00Z";
const ZONES = { offset: true, local: true };
const LIMIT_RULE = `takes 1 to ${MOST}`;

const input = z.strictObject({
  limit: z.int(LIMIT_RULE).min(1, LIMIT_RULE).max(MOST, LIMIT_RULE).default(20),
  source: z
    .string()
    .max(120)
    .default("")
    .describe("Of this one alone: a source's slug, a cron's label, a sender's tag"),
  session: z
    .string()
    .refine((text) => text === "" || isTag(text), TAG_RULE)
    .optional()
    .describe('Of the sessions with this tag alone; "": untagged sessions; default: all'),
  outcome: z
    .enum(["done", "dead", "cancelled", "superseded", "lapsed", "dropped"])
    .optional()
    .describe(
      "Default: done and dead. Dead is what failed, or was tried too often: event_replay handles it again",
    ),
  since: z
    // Date.parse alone makes a day of the year 2001 of "yesterday 9".
    .union([z.iso.date(), z.iso.datetime(ZONES), z.iso.datetime({ ...ZONES, precision: -1 })], SINCE_RULE)
    .optional()
    .describe("Only what ended then or later: a date (UTC) or a time, ISO 8601"),
  cursor: z.string().max(100).default("").describe("What the answer before ended with; default: the newest"),
});

export function eventHistory(parts: Parts): Tool {
  return tool({
    name: "event_history",
    description:
      "What became of Signalbox events: those that were handled or are dead, newest first, with who sent them, what was done, when, and how long it took.",
    input,
    run: async ({ limit, source, session, outcome, since, cursor }) => {
      const asked = await ask(parts, ControlService.method.listHistory, {
        limit,
        from: source,
        cursor,
        states: outcome === undefined ? [] : [STATES[outcome]],
        ...(session !== undefined && { lane: `tag:${session}` }),
        ...(since !== undefined && { sinceMs: BigInt(Date.parse(since)) }),
      });
      return asked.kind === "trouble" ? asked.answer : answer(historyText(asked.response));
    },
  });
}

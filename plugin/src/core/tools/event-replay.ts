import * as z from "zod";
import { ControlService, type ReplayEventsResponse } from "../../../../proto/gen/signalbox/v1/control_pb.ts";
import { EVENT_ID } from "../delivery.ts";
import type { Parts } from "../parts.ts";
import { ask } from "./ask.ts";
import { momentWords } from "./moment.ts";
import { word } from "./names.ts";
import { answer, refusal, type Tool, tool } from "./tool.ts";

const MOST = 500;
const LIMIT_RULE = `takes 1 to ${MOST}`;

const input = z.strictObject({
  event_id: z
    .string()
    .regex(EVENT_ID, "an event's id is evt_ and 26 characters, as event_history says it")
    .optional()
    .describe("This one alone, evt_…"),
  source: z
    .string()
    .min(1)
    .max(120)
    .optional()
    .describe("The dead of this source's slug, cron's label or sender's tag"),
  day: z.iso
    .date("takes a date, 2026-01-31")
    .optional()
    .describe("The dead that ended on this day (UTC), 2026-01-31"),
  limit: z
    .int(LIMIT_RULE)
    .min(1, LIMIT_RULE)
    .max(MOST, LIMIT_RULE)
    .default(100)
    .describe("Of the dead, oldest first"),
});

export function eventReplay(parts: Parts): Tool {
  return tool({
    name: "event_replay",
    description:
      "Have a Signalbox event that has ended handled again, as a new event: one by its id, or all dead ones of a source, of a day, or both, ten a second.",
    input,
    run: async ({ event_id, source, day, limit }) => {
      const many = source !== undefined || day !== undefined;
      if ((event_id !== undefined) === many)
        return refusal("Name what is to be replayed: event_id alone, or source, or day, or source and day.");
      const asked = await ask(parts, ControlService.method.replayEvents, {
        eventId: event_id ?? "",
        from: source ?? "",
        day: day ?? "",
        limit,
      });
      if (asked.kind === "trouble") return asked.answer;
      return answer(many ? manyText(asked.response) : oneText(asked.response));
    },
  });
}

function oneText({ replays: [replay] }: ReplayEventsResponse): string {
  if (replay === undefined) return "Nothing was replayed.";
  const { eventId, replayId, known, state } = replay;
  return known
    ? `${word(eventId)} was replayed before, as ${word(replayId)}, which is ${word(state)}. To have it handled once more, replay that one when it has ended.`
    : `${word(eventId)} is replayed as ${word(replayId)}; it waits in its lane.`;
}

function manyText({ replays, lost, remaining, lastAtMs }: ReplayEventsResponse): string {
  if (replays.length === 0 && remaining === 0 && lost === 0)
    return "There are no dead events like that which were not replayed.";
  const last = momentWords(lastAtMs, "second");
  return [
    `${replays.length} dead ${replays.length === 1 ? "event is" : "events are"} replayed as new ones${replays.length > 1 ? `, ten a second, the last at ${last}` : ""}.`,
    ...(lost === 0 ? [] : [`${lost} can't be: their content is not kept any more, or is damaged.`]),
    remaining === 0 ? "None are left." : `${remaining} are left: call event_replay again, and it goes on.`,
  ].join(" ");
}

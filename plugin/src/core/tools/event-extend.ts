import * as z from "zod";
import type { Parts } from "../parts.ts";
import { named, unnamed } from "./event-ack.ts";
import { eventIdArgument } from "./event-id.ts";
import { answer, refusal, type Tool, tool } from "./tool.ts";

/** The server holds no event in one hand for longer. */
const LONGEST_MINUTES = 60;

const input = z.strictObject({
  event_id: eventIdArgument,
  minutes: z.number().positive().max(LONGEST_MINUTES).default(10).describe("For how long from now"),
  waiting_for: z.string().max(200).default("").describe("What you wait for; lets the turn end"),
});

export function eventExtend(parts: Parts): Tool {
  const { hand, showing } = parts;
  return tool({
    name: "event_extend",
    description:
      "Keep the Signalbox event in hand for longer: it is not given to another session meanwhile. With waiting_for the turn may end while you wait for somebody or something.",
    input,
    run: async ({ event_id, minutes, waiting_for }) => {
      const of = named(event_id, parts);
      if (of === null) return refusal(unnamed(event_id, parts));
      if (of.eventId !== hand.event?.eventId)
        return refusal(`${of.eventId} is no longer in hand; nothing was changed.`);
      if (event_id !== undefined) showing.taken();
      const told = hand.extend(Math.max(1, Math.round(minutes * 60)), waiting_for);
      const ends = waiting_for === "" ? "" : " This turn may end now.";
      const later = told ? "" : " The link is down; the server is told when it is back.";
      return answer(`${of.eventId} stays in hand for ${minutes} more minutes.${ends}${later}`);
    },
  });
}

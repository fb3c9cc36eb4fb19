import * as z from "zod";
import { ControlService } from "../../../../proto/gen/signalbox/v1/control_pb.ts";
import type { Parts } from "../parts.ts";
import { ask } from "./ask.ts";
import { eventIdArgument } from "./event-id.ts";
import { answer, refusal, type Tool, tool } from "./tool.ts";

const DEFAULT_LIMIT = 16_384;
/** An answer of more than about 25,000 tokens would not reach Claude (seen with client 2.1.329). */
const LARGEST_LIMIT = 32_768;

const input = z.strictObject({
  event_id: eventIdArgument,
  pointer: z
    .string()
    .regex(/^(\/.*)?$/s, "a JSON pointer is empty or starts with /")
    .default("")
    .describe("JSON pointer (RFC 6901) into the payload; empty: the whole"),
  offset: z.int().nonnegative().default(0).describe("In characters"),
  limit: z
    .int()
    .positive()
    .max(LARGEST_LIMIT)
    .default(DEFAULT_LIMIT)
    .describe("In characters; at least 64 come"),
});

export function eventPayload(parts: Parts): Tool {
  const { hand, showing } = parts;
  return tool({
    name: "event_payload",
    description: "Read more of a Signalbox event's payload: a part of it, by JSON pointer, or page by page.",
    input,
    run: async ({ event_id, pointer, offset, limit }) => {
      const eventId = event_id ?? hand.event?.eventId;
      if (eventId === undefined) return refusal("No event is in hand. Name the event with event_id.");
      // A call that names the event proves that the conversation knows it.
      if (event_id !== undefined && hand.event?.eventId === event_id) showing.taken();
      const asked = await ask(parts, ControlService.method.getPayload, { eventId, pointer, offset, limit });
      if (asked.kind === "trouble") return asked.answer;
      // It says itself how much there is and how to go on.
      return answer(asked.response.content);
    },
  });
}

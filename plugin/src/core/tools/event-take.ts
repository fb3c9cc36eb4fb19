import * as z from "zod";
import { same } from "../delivery.ts";
import type { Parts } from "../parts.ts";
import type { InHand } from "../state.ts";
import { answer, refusal, type Tool, type ToolAnswer, tool } from "./tool.ts";
import { linkTrouble } from "./trouble.ts";

/** Other MCP clients give up on a call after 60 s. */
const LONGEST_WAIT_SECONDS = 55;
const PULL_WAIT_SECONDS = 50;
/** For the server to hand over what it has: an event that came after the answer would be stuck in this turn. */
const HANDOVER_MS = 1_000;
/** For a link that is only just being made. */
const LINK_WAIT_MS = 3_000;

const input = z.strictObject({
  wait_seconds: z
    .number()
    .min(0)
    .max(LONGEST_WAIT_SECONDS)
    .optional()
    .describe(
      "How long to wait for an event if none is ready; default: no wait where events announce themselves, else 50",
    ),
});

export function eventTake(parts: Parts): Tool {
  const { hand, takers, filling, membership, link, showing } = parts;
  return tool({
    name: "event_take",
    description:
      "Receive the Signalbox event that is ready for this session. Gives the same event until it is settled with event_ack.",
    input,
    alwaysLoad: true,
    run: async ({ wait_seconds }, signal) => {
      membership.ask();
      link.nudge();
      const standing = hand.event === null ? await linkTrouble(parts) : null;
      if (standing !== null && !standing.passing) return refusal(standing.text);
      const waitMs = (wait_seconds ?? (announces(parts) ? 0 : PULL_WAIT_SECONDS)) * 1_000;
      const longestMs = Math.max(waitMs, standing === null ? HANDOVER_MS : LINK_WAIT_MS);
      const event = hand.event ?? (await takers.next("event_take", longestMs, signal));
      if (event !== null) {
        showing.give("event_take", event);
        filling.took();
        return answerWith(event.content, event, parts);
      }
      const still = await linkTrouble(parts);
      return still === null ? answer(nothing(parts)) : refusal(still.text);
    },
  });
}

/** An answer that holds an event. Where no hook tells that it was read, its being written must do. */
export function answerWith(text: string, event: InHand, { hand, ways, showing }: Parts): ToolAnswer {
  if (ways.hooksCall) return answer(text);
  const whenWritten = () => {
    if (same(hand.event, event)) showing.taken();
  };
  return { ...answer(text), whenWritten };
}

/** Events reach the session without being asked for. */
const announces = ({ ways }: Parts): boolean => ways.hooks && ways.next !== "pull";

function nothing(parts: Parts): string {
  return announces(parts)
    ? "No event is ready. The next one announces itself; there is no need to ask for it."
    : "No event came. Call event_take again to go on waiting.";
}

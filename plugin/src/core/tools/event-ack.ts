import * as z from "zod";
import { type Acked, AckStatus } from "../../../../proto/gen/signalbox/v1/link_pb.ts";
import { type Delivery, toWire } from "../delivery.ts";
import type { Parts } from "../parts.ts";
import { howMany } from "../reading.ts";
import { type KeptAck, OUTCOMES } from "../state.ts";
import { eventIdArgument } from "./event-id.ts";
import { answerWith } from "./event-take.ts";
import { answer, refusal, type Tool, type ToolAnswer, tool } from "./tool.ts";

const CONFIRM_MS = 5_000;
/** The next event follows its announcement at once, or not in this answer. */
const NEXT_MS = 2_000;
const LONGEST_SUMMARY = 4_000;

const input = z.strictObject({
  summary: z
    .string()
    .min(1, "say in one sentence what was done")
    .describe("One sentence about what was done"),
  event_id: eventIdArgument,
  outcome: z
    .enum(OUTCOMES)
    .default("done")
    .describe("done; failed: it can't be done; retry: it shall come back later"),
  retry_after_seconds: z
    .int()
    .min(0)
    .max(30 * 86_400)
    .optional()
    .describe("With outcome retry: when it comes back"),
});

export function eventAck(parts: Parts): Tool {
  return tool({
    name: "event_ack",
    description:
      "Say that a Signalbox event is settled, with one sentence about what was done. Only then the next event comes; it may already stand in the answer.",
    input,
    alwaysLoad: true,
    run: async ({ event_id, summary, outcome, retry_after_seconds }, signal) => {
      const of = named(event_id, parts);
      if (of === null) return refusal(unnamed(event_id, parts));
      const said: KeptAck = {
        ...of,
        outcome,
        summary: summary.slice(0, LONGEST_SUMMARY),
        retryAfterSeconds: retry_after_seconds ?? null,
      };
      return settle(parts.outbox.find(of) ?? said, signal, parts);
    },
  });
}

/** What a tool's `event_id` means. Null: no event that this session had. */
export function named(eventId: string | undefined, { hand, showing }: Parts): Delivery | null {
  if (eventId !== undefined) return hand.deliveryOf(eventId);
  // What the session has not seen yet it can't mean: a second ack of the last event must not settle the next.
  return hand.event === null || !showing.meant ? null : toWire(hand.event);
}

export function unnamed(eventId: string | undefined, { hand, showing }: Parts): string {
  if (eventId === undefined && hand.event !== null && showing.mustBeNamed)
    return `Nothing was changed: in hand is now ${hand.event.eventId}, which came after an ack. If you mean it, say so with event_id "${hand.event.eventId}".`;
  if (eventId === undefined && hand.event !== null && showing.interrupts)
    return `Nothing was changed: an interrupt, ${hand.event.eventId}, has come in between. If you have finished the event before it, say so with its event_id; then call event_take.`;
  if (eventId === undefined) return "No event is in hand. To speak of an earlier one, name it with event_id.";
  const inHand = hand.event === null ? "nothing is in hand" : `${hand.event.eventId} is in hand`;
  return `${eventId} was not given to this session (${inHand}); nothing was changed.`;
}

async function settle(ack: KeptAck, signal: AbortSignal, parts: Parts): Promise<ToolAnswer> {
  const { hand, outbox, showing, presence, filling, link, turn } = parts;
  turn.settled(ack);
  const ready = hand.event?.eventId === ack.eventId && (filling.takesMore || turn.takesBack);
  const connecting = link.state === "connecting" || link.state === "authenticating";
  // Before anything waits: a Hello that is said meanwhile may have it confirmed at once.
  const confirmation = outbox.confirmation(ack, link.online || connecting ? CONFIRM_MS : 0);
  if (hand.release(ack) !== null) showing.stop();
  const kept = await keep(ack, parts);
  outbox.say(ack, ready);
  presence.refresh();
  const acked = await confirmation;
  if (acked === null) return unconfirmed(ack, kept);
  const text = told(ack, acked);
  const comes = (ready && acked.next) || showing.interrupts;
  if (!comes) return answer(`${text} ${outlook(acked, parts)}`.trim());
  const next = hand.event ?? (await parts.takers.next("event_ack", NEXT_MS, signal));
  if (next === null) return answer(`${text} ${howMany(acked.waiting)}`);
  showing.give("event_ack", next);
  filling.drained();
  return answerWith(`${text} The next event:\n\n${next.content}`, next, parts);
}

async function keep(ack: KeptAck, { outbox, log }: Parts): Promise<boolean> {
  try {
    await outbox.keep(ack);
    return true;
  } catch (error) {
    log.warn("an ack could not be kept on disk", {
      error: error instanceof Error ? error.message : "unknown",
    });
    return false;
  }
}

function unconfirmed({ eventId }: KeptAck, kept: boolean): ToolAnswer {
  return kept
    ? answer(
        `The ack of ${eventId} is kept, not confirmed yet; it is sent when the link is back. There is no need to repeat it.`,
      )
    : refusal(
        `The ack of ${eventId} could not be kept on disk, and the server has not confirmed it. Make room in the plugin's data folder, then call event_ack again with event_id "${eventId}".`,
      );
}

function told({ eventId, outcome, delivery }: KeptAck, { status, state }: Acked): string {
  switch (status) {
    case AckStatus.SETTLED:
      return settledAs(eventId, outcome, state);
    case AckStatus.REPEATED:
      return `${eventId} was acked before; this changed nothing.`;
    case AckStatus.LATE:
      return `Too late: delivery ${delivery} of ${eventId} is no longer this session's (it is ${state || "elsewhere"} now); this changed nothing.`;
    default:
      return `The server knows no event ${eventId}; nothing was changed.`;
  }
}

function settledAs(eventId: string, outcome: KeptAck["outcome"], state: string): string {
  switch (outcome) {
    case "done":
      return `${eventId} is done.`;
    case "failed":
      return `${eventId} is recorded as failed and is with the dead letters.`;
    case "retry":
      return state === "dead"
        ? `${eventId} has used up its attempts and is with the dead letters.`
        : `${eventId} comes back later.`;
    default:
      return outcome satisfies never;
  }
}

function outlook({ waiting }: Acked, { ways }: Parts): string {
  if (waiting === 0) return howMany(0);
  const next =
    ways.next === "pull"
      ? "Call event_take for the next."
      : "The next one announces itself when this turn ends.";
  return `${howMany(waiting)} ${next}`;
}

/** Acks, from whomever of the account they come: promise 4 is the event's own, not the sender's. */
import type { Told } from "../actors/address.ts";
import type { Host } from "../actors/host.ts";
import type { Reply } from "../actors/letter.ts";
import { SignalboxError } from "../domain/errors.ts";
import { eventState } from "../domain/event.ts";
import type { Outcome } from "../domain/machines/event-words.ts";
import type { Store } from "../domain/ports/store.ts";
import { withoutTokens } from "../domain/token-text.ts";
import type { DeliveryRef } from "./live-session.ts";
import { waitingIn } from "./waiting.ts";

export interface AckSaid {
  of: DeliveryRef;
  outcome: Outcome;
  summary: string;
  retryAfterMs: number | null;
}

export interface AckAnswer {
  of: DeliveryRef;
  status: "settled" | "repeated" | "late" | "unknown";
  /** The event's, as the ack left it. */
  state: string;
  waiting: number;
}

/** Resolves when the acks are stored; an answer for each, in their order. */
export async function settleAcks(
  { host, store }: { host: Host; store: Store },
  account: string,
  acks: readonly AckSaid[],
): Promise<AckAnswer[]> {
  const replies = await host.ask(...acks.map((ack) => ackTold(account, ack)));
  return Promise.all(acks.map((ack, i) => answerOf(store, account, ack, replies[i])));
}

async function answerOf(
  store: Store,
  account: string,
  { of }: AckSaid,
  reply: Reply | undefined,
): Promise<AckAnswer> {
  if (reply?.kind !== "stepped" || reply.record.kind !== "event") {
    return { of, status: "unknown", state: "", waiting: 0 };
  }
  const confirm = reply.effects.find((effect) => effect.kind === "confirm");
  if (confirm === undefined) {
    throw new SignalboxError(
      "unavailable",
      "ack_unanswered",
      `the ack of ${of.eventId} got no answer`,
      "Send it again",
    );
  }
  const { record } = reply;
  const { count } = await waitingIn(store, account, record.facts.lane);
  return { of, status: confirm.status, state: eventState(record), waiting: count };
}

const ackTold = (account: string, { of, ...said }: AckSaid): Told => ({
  to: { kind: "event", account, id: of.eventId },
  message: { type: "ack", delivery: of.delivery, ...said, summary: withoutTokens(said.summary) },
});

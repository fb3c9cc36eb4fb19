/** What becomes of an ack: it settles the delivery that it names, or is the word of the plugin's timer. */
import type { Store } from "../domain/ports/store.ts";
import type { DeliveryRef, LiveSession } from "../services/live-session.ts";
import type { Log } from "../services/log.ts";
import type { Sessions } from "../services/sessions.ts";
import { deliveryOf } from "./frames.ts";
import type { InHand } from "./in-hand.ts";
import { isTimers, soundsLikeTimer } from "./silence.ts";

interface AckParts {
  sessions: Sessions;
  store: Store;
  log: Log;
}

/** `next`: the session has another in hand already. Null: it settled nothing. */
export async function ackOf(
  { sessions, store, log }: AckParts,
  live: LiveSession,
  { wireId, summary }: { wireId: string; summary: string },
  hand: InHand,
): Promise<{ of: DeliveryRef; next: boolean } | null> {
  const { account, session } = live;
  const of = deliveryOf(wireId);
  if (of === null) {
    log.warn({ account, session }, "an ack of nothing that was sent");
    return null;
  }
  if (soundsLikeTimer(summary) && isTimers(hand.heldMs(of))) {
    log.info({ account, session, event: of.eventId }, "the plugin gave up waiting: a silence, not an ack");
    const event = await store.event(of.eventId);
    const claim = event?.facts.account === account ? event.actor.context.claim : null;
    // What has gone back meanwhile comes again by itself.
    if (claim?.session === session && claim.delivery === of.delivery) sessions.silent(live, of);
    return null;
  }
  const said = { of, outcome: "done", summary, retryAfterMs: null } as const;
  const { next } = await sessions.ack(live, said, hand.is(of));
  sessions.answered(live);
  return { of, next };
}

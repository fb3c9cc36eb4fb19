/** What becomes of an ack: it settles the delivery that it names, or is the word of the plugin's timer. */
import type { Clock } from "../domain/ports/clock.ts";
import type { Store } from "../domain/ports/store.ts";
import type { DeliveryRef, LiveSession } from "../services/live-session.ts";
import type { Log } from "../services/log.ts";
import type { Sessions } from "../services/sessions.ts";
import { deliveryOf } from "./frames.ts";
import { isTimers, soundsLikeTimer } from "./silence.ts";

interface AckParts {
  sessions: Sessions;
  store: Store;
  clock: Clock;
  log: Log;
}

/** `next`: the session has another in hand already. Null: it settled nothing. */
export async function ackOf(
  { sessions, store, clock, log }: AckParts,
  live: LiveSession,
  { wireId, summary }: { wireId: string; summary: string },
  isInHand: (of: DeliveryRef) => boolean,
): Promise<{ of: DeliveryRef; next: boolean } | null> {
  const { account, session } = live;
  const of = deliveryOf(wireId);
  if (of === null) {
    log.warn({ account, session }, "an ack of nothing that was sent");
    return null;
  }
  if (soundsLikeTimer(summary)) {
    const event = await store.event(of.eventId);
    if (event?.facts.account === account && isTimers(event, of, clock.now())) {
      log.info({ account, session, event: of.eventId }, "the plugin gave up waiting: a silence, not an ack");
      sessions.silent(live, of);
      return null;
    }
  }
  const said = { of, outcome: "done", summary, retryAfterMs: null } as const;
  const { next } = await sessions.ack(live, said, isInHand(of));
  sessions.answered(live);
  return { of, next };
}

/**
 * Where an event comes from that a session causes: one hop further than the furthest of all that may have led to it. What a
 * session does while it has nothing in hand, or what has no session, comes from outside itself. Loops end by this.
 */
import { type Cause, causeOf } from "../domain/cause.ts";
import { SignalboxError } from "../domain/errors.ts";
import type { EventRecord } from "../domain/event.ts";
import { MOST_HOPS } from "../domain/message.ts";
import type { Store } from "../domain/ports/store.ts";
import type { SessionRecord } from "../domain/session.ts";
import { type SessionFace, sessionOf } from "./session-name.ts";

export interface Caused {
  hops: number;
  /** The event that led to it; null: none did. */
  cause: Cause | null;
}

/** What asks: the session, and the event that led to the call where that is not in hand any more. */
export interface Caller {
  from: SessionFace;
  cause: string | null;
}

/** `also`: what led to it besides. Throws `SignalboxError` (invalid) where that is further than any may be. */
export async function causedBy(
  store: Store,
  { account, id, actor }: SessionRecord,
  named: string | null,
  also: EventRecord | null = null,
): Promise<Caused> {
  const inHand = await store.claimOf(account, id);
  const before = named === null ? null : await store.event(named);
  // Promise 9: an id of another account is an unknown id.
  const isOurs = before?.facts.account === account && before.facts.lane === actor.context.lane;
  const led = [inHand, isOurs ? before : null, also].filter((record) => record !== null);
  const hops = Math.max(-1, ...led.map(({ facts }) => facts.details?.hops ?? 0)) + 1;
  const [first] = led;
  if (hops <= MOST_HOPS) return { hops, cause: first === undefined ? null : causeOf(first) };
  throw new SignalboxError(
    "invalid",
    "too_many_hops",
    `${hops - 1} events have led to this, one after the other, at most ${MOST_HOPS} may: sessions seem to set each other to work without end`,
    "Don't do it; ack the event, and tell the user what is left to say",
  );
}

/** The same for who need not have a link. */
export async function causedByCaller(store: Store, account: string, caller: Caller | null): Promise<Caused> {
  const session = caller === null ? null : await sessionOf(store, account, caller.from);
  return session === null ? { hops: 0, cause: null } : causedBy(store, session, caller?.cause ?? null);
}

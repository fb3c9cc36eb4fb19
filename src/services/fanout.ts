/**
 * `fanout: all`: each session that is connected to the lane gets a copy of its own; if none is, the lane keeps one. The first is
 * the event itself: it has the delivery id, and names those to whom copies are owed. Their ids follow from its own, so that
 * who sends again, after a crash between two copies, completes them and makes none twice (promises 1, 6).
 */
import { createHash } from "node:crypto";
import type { EventRecord } from "../domain/event.ts";
import type { EventDetails } from "../domain/event-details.ts";
import type { Store } from "../domain/ports/store.ts";
import { isThere, sessionState } from "../domain/session.ts";
import type { Accepted, Arrival } from "./events.ts";
import type { SessionRoster } from "./roster.ts";

export type Fanout = "all";

/** More sessions in one lane share what more copies would bring them. */
const MOST_COPIES = 1_000;

interface FanoutParts {
  store: Store;
  roster: SessionRoster;
}

/** `accept` stores one event, under the id if there is one. Resolves when it and its copies are stored. */
export async function fanOut(
  parts: FanoutParts,
  arrival: Arrival,
  accept: (arrival: Arrival, id?: string) => Promise<Accepted>,
): Promise<Accepted> {
  const [first, ...others] = await audienceOf(parts, arrival);
  const accepted = await accept(
    first === undefined
      ? // It comes to whoever comes, as any event does.
        arrival
      : forOne(arrival, first, others.length > 0 ? { copies: others } : {}, arrival.facts.deliveryId),
  );
  const { id } = accepted;
  // Of one that was sent before to those who were there then, whoever is there now.
  const owed = accepted.status === "duplicate" ? await copiesOf(parts, id) : others;
  await Promise.all(
    owed.map((session) => accept(forOne(arrival, session, { copyOf: id }, null), copyId(id, session))),
  );
  return first === undefined && owed.length === 0 ? accepted : { ...accepted, copies: 1 + owed.length };
}

/** What would take another's place takes that of the same session's. */
function forOne(
  { facts, coalesce, ...rest }: Arrival,
  addressee: string,
  more: EventDetails,
  deliveryId: string | null,
): Arrival {
  return {
    ...rest,
    facts: { ...facts, deliveryId, details: { ...facts.details, ...more, addressee } },
    coalesce: coalesce == null ? null : { ...coalesce, key: `${coalesce.key} ${addressee}` },
  };
}

/** Who is connected to the lane now, and can be shown it. */
async function audienceOf(
  { store, roster }: FanoutParts,
  { facts: { account, lane, origin }, sender }: Arrival,
): Promise<string[]> {
  const names = roster.inLane(account, lane).slice(0, MOST_COPIES);
  const records = await Promise.all(names.map((name) => store.session(account, name)));
  return records.flatMap((record) => {
    if (record === null || sessionState(record) !== "online" || !isThere(record, lane)) return [];
    if (origin === "message" && !record.actor.context.messaging) return [];
    return record.id === sender ? [] : [record.id];
  });
}

const copiesOf = async ({ store }: FanoutParts, id: string): Promise<readonly string[]> =>
  (await store.event(id))?.facts.details?.copies ?? [];

/** The ids of its copies, whether or not they are stored yet. */
export const copyIdsOf = ({ facts: { id, details } }: EventRecord): string[] =>
  (details?.copies ?? []).map((session) => copyId(id, session));

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** As long as a ULID and of its letters: 26 of 32 each, the first within its range. */
function copyId(id: string, session: string): string {
  const bytes = createHash("sha256").update(`${id} ${session}`).digest().subarray(0, 26);
  const letters = [...bytes].map((byte, i) => ALPHABET[byte % (i === 0 ? 8 : 32)]);
  return `evt_${letters.join("")}`;
}

/**
 * Brings a lane's first event together with a session that would take it now. One event in the hands of a session, one
 * session to an event (promise 2), the lane's order (promise 3), and nothing to a deaf session (promise 13). To a session
 * that takes no messages they are not there: it is given what stands behind them.
 */
import type { EventRecord } from "../domain/event.ts";
import type { Lane } from "../domain/lane.ts";
import { sessionState } from "../domain/session.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

/** A session that is connected here and would take an event now. */
export interface Ready {
  session: string;
  epoch: number;
  hooks: boolean;
}

/** Who is connected; kept in memory, and asked at every match. */
export interface Roster {
  ready(account: string, lane: Lane): readonly Ready[];
  /** The delivery is known to have come through to the session's plugin, on the stream that it has now. */
  reached(account: string, session: string, eventId: string, delivery: number): boolean;
}

export interface Match {
  event: EventRecord;
  ready: Ready;
}

/** The next match of the lane; null when it is empty or nobody is free. */
export async function nextMatch(
  work: UnitOfWork,
  roster: Roster,
  account: string,
  lane: Lane,
): Promise<Match | null> {
  for (const ready of roster.ready(account, lane)) {
    const record = await work.load({ kind: "session", account, id: ready.session });
    if (record?.kind !== "session" || sessionState(record) !== "online") continue;
    if ((await work.handOf(account, ready.session)) !== null) continue;
    const { messaging } = record.actor.context;
    const event = await work.head(account, lane, messaging);
    if (event !== null) return { event, ready };
    // Nobody else would be given more.
    if (messaging) return null;
  }
  return null;
}

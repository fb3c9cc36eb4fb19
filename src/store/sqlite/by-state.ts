/**
 * An account's newest events in some states, and how many there are. Each state has its own stretch of an index; for several
 * at once SQLite would sort every match before it cut.
 */
import type { DatabaseSync } from "node:sqlite";
import { ENDED, EVENT_STATES, type EventRecord, type EventState, momentOf } from "../../domain/event.ts";
import type { EventFilter } from "../../domain/ports/store.ts";
import { eventOf, numberOf } from "./rows.ts";
import { rowsOf } from "./rows-of.ts";
import type { SetAside } from "./set-aside.ts";

/** These are found by their claims; both conditions stand word for word in their index. */
const IN_HAND: readonly EventState[] = ["dispatching", "delivered"];
const OF_CLAIMS = "claimed_by IS NOT NULL";
export const OF_STATES = `state NOT IN (${IN_HAND.map((state) => `'${state}'`).join(", ")})`;

export function byState(db: DatabaseSync, aside: SetAside) {
  const through = (index: string, newest: string) => ({
    inState: db.prepare(
      `SELECT * FROM events WHERE account = ? AND state = ? AND ${index} ORDER BY ${newest}`,
    ),
    inLane: db.prepare(
      `SELECT * FROM events WHERE account = ? AND lane = ? AND state = ? AND ${index} ORDER BY ${newest}`,
    ),
    count: db.prepare(
      `SELECT count(*) AS n FROM (SELECT 1 FROM events WHERE account = ? AND state = ? AND ${index} LIMIT ?)`,
    ),
  });
  const claims = through(OF_CLAIMS, "seq DESC");
  const states = through(`${OF_STATES} AND ended_at IS NULL`, "seq DESC");
  const ended = through(`${OF_STATES} AND ended_at IS NOT NULL`, "ended_at DESC, seq DESC");
  const indexOf = (state: EventState) =>
    ENDED.includes(state) ? ended : IN_HAND.includes(state) ? claims : states;

  return {
    events(account: string, filter: EventFilter): EventRecord[] {
      const { lane, limit } = filter;
      const found = [...new Set(filter.states)].flatMap((state) => {
        const { inState, inLane } = indexOf(state);
        const rows =
          lane === undefined ? rowsOf(inState, account, state) : rowsOf(inLane, account, lane, state);
        return aside.readable(rows, eventOf, limit);
      });
      return found.sort((a, b) => momentOf(b) - momentOf(a) || b.seq - a.seq).slice(0, limit);
    },

    counts(account: string, most: number): Partial<Record<EventState, number>> {
      const counts: Partial<Record<EventState, number>> = {};
      for (const state of EVENT_STATES) {
        const n = numberOf(indexOf(state).count.get(account, state, most));
        if (n > 0) counts[state] = n;
      }
      return counts;
    },
  };
}

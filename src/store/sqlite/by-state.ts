/**
 * An account's newest events in some states, and how many there are. Each state has its own stretch of an index, or one in each
 * lane; for several at once SQLite would sort every match before it cut.
 */
import type { DatabaseSync } from "node:sqlite";
import { CLAIMABLE, EVENT_STATES, type EventRecord, type EventState } from "../../domain/event.ts";
import type { EventFilter } from "../../domain/ports/store.ts";
import { inLanes } from "./in-lanes.ts";
import { eventOf, numberOf } from "./rows.ts";
import { rowsOf } from "./rows-of.ts";
import type { SetAside } from "./set-aside.ts";

/** These are found by their claims; both conditions stand word for word in their index. */
const IN_HAND: readonly EventState[] = ["dispatching", "delivered"];
const OF_CLAIMS = "claimed_by IS NOT NULL";
const OF_STATES = `state NOT IN (${[...IN_HAND, ...CLAIMABLE].map((state) => `'${state}'`).join(", ")})`;

export function byState(db: DatabaseSync, aside: SetAside) {
  const waiting = inLanes(db);
  const through = (index: string) => ({
    inState: db.prepare(
      `SELECT * FROM events WHERE account = ? AND state = ? AND ${index} ORDER BY seq DESC`,
    ),
    inLane: db.prepare(
      `SELECT * FROM events WHERE account = ? AND lane = ? AND state = ? AND ${index} ORDER BY seq DESC`,
    ),
    count: db.prepare(
      `SELECT count(*) AS n FROM (SELECT 1 FROM events WHERE account = ? AND state = ? AND ${index} LIMIT ?)`,
    ),
  });
  const [claims, states] = [through(OF_CLAIMS), through(OF_STATES)];
  const indexOf = (state: EventState) => (IN_HAND.includes(state) ? claims : states);

  function newest(account: string, state: EventState, { lane, limit }: EventFilter): EventRecord[] {
    const { inState, inLane } = indexOf(state);
    const rows = lane === undefined ? rowsOf(inState, account, state) : rowsOf(inLane, account, lane, state);
    return aside.readable(rows, eventOf, limit);
  }

  /** Each lane is read only as far as it is newer than what others have given. */
  function newestWaiting(account: string, state: EventState, { lane, limit }: EventFilter): EventRecord[] {
    let found: EventRecord[] = [];
    for (const rows of waiting.newest(account, state, lane)) {
      const oldest = found.length < limit ? 0 : (found.at(-1)?.seq ?? 0);
      found = newestOf([...found, ...aside.readable(newerThan(oldest, rows), eventOf, limit)], limit);
    }
    return found;
  }

  return {
    events(account: string, filter: EventFilter): EventRecord[] {
      const found = [...new Set(filter.states)].flatMap((state) =>
        CLAIMABLE.includes(state) ? newestWaiting(account, state, filter) : newest(account, state, filter),
      );
      return newestOf(found, filter.limit);
    },

    counts(account: string, most: number): Partial<Record<EventState, number>> {
      const counts: Partial<Record<EventState, number>> = {};
      for (const state of EVENT_STATES) {
        const n = CLAIMABLE.includes(state)
          ? waiting.count(account, state, most)
          : numberOf(indexOf(state).count.get(account, state, most));
        if (n > 0) counts[state] = n;
      }
      return counts;
    },
  };
}

const newestOf = (records: EventRecord[], most: number): EventRecord[] =>
  records.sort((a, b) => b.seq - a.seq).slice(0, most);

function* newerThan(seq: number, rows: Iterable<Record<string, unknown>>) {
  for (const row of rows) {
    if (Number(row.seq) <= seq) return;
    yield row;
  }
}

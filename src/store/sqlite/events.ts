/** Events as they are asked for: one, or an account's newest. Payloads are read only by `content`. */
import type { DatabaseSync } from "node:sqlite";
import { EVENT_STATES, type EventContent, type EventRecord, type EventState } from "../../domain/event.ts";
import type { EventFilter } from "../../domain/ports/store.ts";
import { type ExpectedContent, MOST_EXPECTED } from "./expected-content.ts";
import type { RecentRecords } from "./recent-records.ts";
import { contentOf, eventOf, numberOf } from "./rows.ts";
import { rowOf, rowsOf } from "./rows-of.ts";
import type { SetAside } from "./set-aside.ts";

export function events(
  db: DatabaseSync,
  aside: SetAside,
  recent: RecentRecords<EventRecord>,
  expected: ExpectedContent,
) {
  const byId = db.prepare("SELECT * FROM events WHERE id = ?");
  const content = db.prepare("SELECT contents.* FROM contents JOIN events USING (seq) WHERE id = ?");
  const smallContent = db.prepare(
    "SELECT contents.* FROM contents JOIN events USING (seq) WHERE id = ? AND length(payload) <= ?",
  );
  const inState = db.prepare("SELECT * FROM events WHERE account = ? AND state = ? ORDER BY seq DESC");
  const inLane = db.prepare(
    "SELECT * FROM events WHERE account = ? AND lane = ? AND state = ? ORDER BY seq DESC",
  );
  const count = db.prepare(
    "SELECT count(*) AS n FROM (SELECT 1 FROM events WHERE account = ? AND state = ? LIMIT ?)",
  );
  const dropped = db.prepare(
    "SELECT count(*) AS n FROM (SELECT 1 FROM events WHERE source_id = ? AND state = 'dropped' LIMIT ?)",
  );

  return {
    event(id: string): EventRecord | null {
      const known = recent.get(id);
      if (known !== undefined) return known;
      const row = rowOf(byId, id);
      return row === undefined ? null : eventOf(row);
    },

    /** Its content will be asked for. */
    expect(id: string): void {
      const row = smallContent.get(id, MOST_EXPECTED);
      if (row !== undefined) expected.read(id, contentOf(row));
    },

    content(id: string): EventContent | null {
      const known = expected.get(id);
      if (known !== undefined) return known;
      const row = content.get(id);
      return row === undefined ? null : contentOf(row);
    },

    /** Each state has its own stretch of the index; for several, SQLite would sort every match before it cut. */
    events(account: string, { states, lane, limit }: EventFilter): EventRecord[] {
      const found = [...new Set(states)].flatMap((state) => {
        const rows =
          lane === undefined ? rowsOf(inState, account, state) : rowsOf(inLane, account, lane, state);
        return aside.readable(rows, eventOf, limit);
      });
      return found.sort((a, b) => b.seq - a.seq).slice(0, limit);
    },

    counts(account: string, most: number): Partial<Record<EventState, number>> {
      const counts: Partial<Record<EventState, number>> = {};
      for (const state of EVENT_STATES) {
        const n = numberOf(count.get(account, state, most));
        if (n > 0) counts[state] = n;
      }
      return counts;
    },

    dropped: (sourceId: string, most: number): number => numberOf(dropped.get(sourceId, most)),
  };
}

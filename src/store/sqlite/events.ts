/** Events as they are asked for by id. Payloads are read only by `content`. */
import type { DatabaseSync } from "node:sqlite";
import type { EventContent, EventRecord } from "../../domain/event.ts";
import { type ExpectedContent, MOST_EXPECTED } from "./expected-content.ts";
import type { RecentRecords } from "./recent-records.ts";
import { contentOf, eventOf, numberOf } from "./rows.ts";
import { rowOf } from "./rows-of.ts";

export function events(db: DatabaseSync, recent: RecentRecords<EventRecord>, expected: ExpectedContent) {
  const byId = db.prepare("SELECT * FROM events WHERE id = ?");
  const content = db.prepare("SELECT contents.* FROM contents JOIN events USING (seq) WHERE id = ?");
  const smallContent = db.prepare(
    "SELECT contents.* FROM contents JOIN events USING (seq) WHERE id = ? AND length(payload) <= ?",
  );
  const dropped = db.prepare(
    "SELECT count(*) AS n FROM (SELECT 1 FROM events WHERE source_id = ? AND dropped = 1 LIMIT ?)",
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

    dropped: (sourceId: string, most: number): number => numberOf(dropped.get(sourceId, most)),
  };
}

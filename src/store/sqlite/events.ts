/** Events as they are asked for by id. Payloads are read only by `content`. */
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import type { EventContent, EventRecord } from "../../domain/event.ts";
import type { DroppedType } from "../../domain/ports/store.ts";
import { type ExpectedContent, MOST_EXPECTED } from "./expected-content.ts";
import type { RecentRecords } from "./recent-records.ts";
import { checked, contentOf, eventOf, numberOf } from "./rows.ts";
import { rowOf, rowsOf } from "./rows-of.ts";

const TypeRow = z.object({ type: z.string() });

export function events(db: DatabaseSync, recent: RecentRecords<EventRecord>, expected: ExpectedContent) {
  const byId = db.prepare("SELECT * FROM events WHERE id = ?");
  const content = db.prepare("SELECT contents.* FROM contents JOIN events USING (seq) WHERE id = ?");
  const smallContent = db.prepare(
    "SELECT contents.* FROM contents JOIN events USING (seq) WHERE id = ? AND length(payload) <= ?",
  );
  const dropped = db.prepare(
    "SELECT count(*) AS n FROM (SELECT 1 FROM events WHERE source_id = ? AND dropped = 1 LIMIT ?)",
  );

  const droppedTypes = db.prepare(
    "SELECT type FROM events WHERE source_id = ? AND dropped = 1 ORDER BY seq DESC LIMIT ?",
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

    droppedTypes(sourceId: string, most: number): DroppedType[] {
      const counts = new Map<string, number>();
      for (const row of rowsOf(droppedTypes, sourceId, most)) {
        const { type } = checked("event", TypeRow, row);
        counts.set(type, (counts.get(type) ?? 0) + 1);
      }
      const types = Array.from(counts, ([type, count]) => ({ type, count }));
      return types.sort((a, b) => b.count - a.count || (a.type < b.type ? -1 : 1));
    },
  };
}

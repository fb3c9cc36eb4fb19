/**
 * A newer event takes the place of one that waits: the row in the lane's order becomes the newer one's, and the older moves to a
 * row of its own, at the end, where nothing looks for it but by its id. So `seq` stays what it is, a row's key and its place,
 * and no index of the order knows of coalescing.
 */
import type { DatabaseSync } from "node:sqlite";
import type { EventContent, EventRecord } from "../../domain/event.ts";
import { eventKeys } from "../keys.ts";
import { COLUMNS, valuesOf } from "./event-columns.ts";
import { eventOf } from "./rows.ts";
import { rowOf } from "./rows-of.ts";
import type { turnLanes } from "./turns.ts";

export function superseding(db: DatabaseSync, turns: ReturnType<typeof turnLanes>) {
  const takeOver = db.prepare(`
    UPDATE events SET ${COLUMNS.map((column) => `${column} = ?`).join(", ")}
    WHERE seq = ? AND id = ? AND account = ? AND rev = ?`);
  const moveOut = db.prepare(
    `INSERT INTO events (${COLUMNS.join(", ")}) VALUES (${COLUMNS.map(() => "?").join(", ")})`,
  );
  const moveContent = db.prepare(`
    INSERT INTO contents (seq, prompt, content_type, payload, marker)
    SELECT ?, prompt, content_type, payload, marker FROM contents WHERE seq = ?`);
  const putContent = db.prepare(
    "UPDATE contents SET prompt = ?, content_type = ?, payload = ?, marker = ? WHERE seq = ?",
  );
  const waitingLike = db.prepare(`
    SELECT * FROM events WHERE account = ? AND lane = ? AND coalesce_key = ? AND state IN ('queued', 'scheduled')
    ORDER BY seq DESC LIMIT 1`);

  return {
    /** Both as they are stored; null: the older has changed, and nothing was written. The newer must not be known. */
    supersede(
      newer: EventRecord,
      content: EventContent,
      older: EventRecord,
    ): [EventRecord, EventRecord] | null {
      const { seq, facts, rev } = older;
      const values = valuesOf(newer, eventKeys(newer), turns.of(newer));
      const { changes } = takeOver.run(...values, seq, facts.id, facts.account, rev);
      if (changes === 0) return null;
      const { lastInsertRowid } = moveOut.run(...valuesOf(older, eventKeys(older), null));
      moveContent.run(lastInsertRowid, seq);
      putContent.run(content.prompt, content.contentType, content.payload, content.marker, seq);
      return [
        { ...newer, seq, rev: newer.rev + 1 },
        { ...older, seq: Number(lastInsertRowid), rev: rev + 1 },
      ];
    },

    waitingLike(account: string, lane: string, coalesceKey: string): EventRecord | null {
      const row = rowOf(waitingLike, account, lane, coalesceKey);
      return row === undefined ? null : eventOf(row);
    },
  };
}

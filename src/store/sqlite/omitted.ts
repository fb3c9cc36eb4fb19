/** What routes have left out of the payloads of each source, summed up as its events come in. Most leave nothing out: no write. */
import type { DatabaseSync } from "node:sqlite";
import type { EventRecord } from "../../domain/event.ts";
import { numberOf } from "./rows.ts";

export function omittedBytes(db: DatabaseSync) {
  const add = db.prepare(`
    INSERT INTO omitted (source_id, bytes) VALUES (?, ?)
    ON CONFLICT (source_id) DO UPDATE SET bytes = bytes + excluded.bytes`);
  const sum = db.prepare("SELECT ifnull(sum(bytes), 0) AS n FROM omitted WHERE source_id = ?");
  const forget = db.prepare("DELETE FROM omitted WHERE source_id = ?");

  return {
    stored({ facts: { sourceId, details } }: EventRecord): void {
      if (sourceId !== null && details?.omittedBytes !== undefined) add.run(sourceId, details.omittedBytes);
    },
    of: (sourceId: string): number => numberOf(sum.get(sourceId)),
    forget: (sourceId: string) => forget.run(sourceId),
  };
}

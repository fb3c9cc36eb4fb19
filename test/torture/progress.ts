/** How far a tortured server is, by the store's own word: told while it runs, and forgotten with it. */
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { ENDED } from "../../src/domain/event.ts";
import { CRON_LANE } from "./cron.ts";

export const Progress = z.object({
  /** Acks that were committed. */
  acked: z.number(),
  /** Events that have not ended, beside those that nobody is to handle. */
  open: z.number(),
  /** Dead letters that nobody has replayed. */
  dead: z.number(),
});
export type Progress = z.infer<typeof Progress>;

export function progressOf(db: DatabaseSync): () => Progress {
  const ended = ENDED.map((state) => `'${state}'`).join(", ");
  const ask = db.prepare(`
    SELECT (SELECT count(*) FROM torture_journal WHERE after = 'acked') AS acked,
      (SELECT count(*) FROM events WHERE state NOT IN (${ended}) AND lane <> '${CRON_LANE}') AS open,
      (SELECT count(*) FROM torture_journal AS d WHERE after = 'dead' AND NOT EXISTS
        (SELECT 1 FROM torture_journal AS r WHERE r.replayOf = d.id)) AS dead`);
  return () => Progress.parse(ask.get());
}

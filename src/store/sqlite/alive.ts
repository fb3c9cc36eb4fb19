/**
 * The server's pulse. It rides with the commits that wait, or goes alone when there are none, so that an idle server
 * is known to have run as well as a busy one.
 */
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { checked } from "./rows.ts";

const ServerRow = z.object({ alive_at: z.number().nullable() });

export function alive(db: DatabaseSync) {
  const read = db.prepare("SELECT alive_at FROM server");
  const write = db.prepare("UPDATE server SET alive_at = ?");
  return {
    at: (): number | null => checked("server", ServerRow, read.get()).alive_at,
    note: (at: number): void => {
      write.run(at);
    },
  };
}

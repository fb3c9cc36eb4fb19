/** Promise 6: a delivery that the store has is known by (account, source, delivery id). What was dropped is not. */
import type { DatabaseSync } from "node:sqlite";
import type { Known } from "../../domain/ports/store.ts";
import { knownOf } from "./rows.ts";
import { rowOf } from "./rows-of.ts";

export function knownDeliveries(db: DatabaseSync) {
  const byDelivery = db.prepare(`
    SELECT id, state FROM events WHERE account = ? AND ifnull(source_id, '') = ifnull(?, '') AND delivery_id = ?
      AND dropped = 0`);

  return (account: string, sourceId: string | null, deliveryId: string | null): Known | null => {
    const row = rowOf(byDelivery, account, sourceId, deliveryId);
    return row === undefined ? null : knownOf(row);
  };
}

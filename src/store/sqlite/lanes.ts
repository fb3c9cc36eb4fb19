/** What waits in a lane, in order (promise 3), and who has what in hand (promise 2). */
import type { DatabaseSync } from "node:sqlite";
import { CLAIMABLE, type EventRecord } from "../../domain/event.ts";
import type { Lane } from "../../domain/lane.ts";
import { eventOf, numberOf } from "./rows.ts";
import type { SetAside } from "./set-aside.ts";

/** Word for word the condition of the index `events_order`, without which SQLite would not use it. */
const IS_CLAIMABLE = `state IN (${CLAIMABLE.map((state) => `'${state}'`).join(", ")})`;

const HEADS = `SELECT * FROM events WHERE account = ? AND lane = ? AND ${IS_CLAIMABLE} ORDER BY band, seq`;
const WAITING = `
  SELECT count(*) AS n FROM (SELECT 1 FROM events WHERE account = ? AND lane = ? AND ${IS_CLAIMABLE} LIMIT ?)`;
/** Of all rows that this connection has ever changed, and no other changes them. */
const CHANGES = "SELECT total_changes() AS n";
const CLAIM_OF = "SELECT * FROM events WHERE account = ? AND claimed_by = ?";
const CLAIMS = "SELECT * FROM events WHERE claimed_by IS NOT NULL";

export function lanes(db: DatabaseSync, aside: SetAside) {
  const heads = db.prepare(HEADS);
  const waiting = db.prepare(WAITING);
  const changes = db.prepare(CHANGES);
  const claimOf = db.prepare(CLAIM_OF);
  const claims = db.prepare(CLAIMS);

  /** An ack's answer and the delivery that it brings ask for the same number: it holds until the next write. */
  const counted = new Map<string, number>();
  let countedAt = 0;

  function count(account: string, lane: Lane, most: number): number {
    const now = numberOf(changes.get());
    if (now !== countedAt) counted.clear();
    countedAt = now;
    const key = `${account} ${lane} ${most}`;
    const known = counted.get(key) ?? numberOf(waiting.get(account, lane, most));
    counted.set(key, known);
    return known;
  }

  return {
    heads: (account: string, lane: Lane, limit: number): EventRecord[] =>
      aside.readable(heads.iterate(account, lane), eventOf, limit),

    waiting: count,

    claimOf(account: string, session: string): EventRecord | null {
      const row = claimOf.get(account, session);
      return row === undefined ? null : eventOf(row);
    },

    claims: (): EventRecord[] => aside.readable(claims.iterate(), eventOf, Number.POSITIVE_INFINITY),
  };
}

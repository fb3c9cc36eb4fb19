/** What waits in a lane, in order (promise 3), and who has what in hand (promise 2). */
import type { DatabaseSync } from "node:sqlite";
import { CLAIMABLE, type EventRecord } from "../../domain/event.ts";
import type { Lane } from "../../domain/lane.ts";
import type { RecentRecords } from "./recent-records.ts";
import { eventOf, numberOf } from "./rows.ts";
import type { SetAside } from "./set-aside.ts";

/** Word for word the condition of the index `events_order`, without which SQLite would not use it. */
const IS_CLAIMABLE = `state IN (${CLAIMABLE.map((state) => `'${state}'`).join(", ")})`;

const HEADS = `SELECT * FROM events WHERE account = ? AND lane = ? AND ${IS_CLAIMABLE} ORDER BY band, seq`;
const HEAD_ID = `SELECT id FROM events WHERE account = ? AND lane = ? AND ${IS_CLAIMABLE} ORDER BY band, seq LIMIT 1`;
const WAITING = `
  SELECT count(*) AS n FROM (SELECT 1 FROM events WHERE account = ? AND lane = ? AND ${IS_CLAIMABLE} LIMIT ?)`;
/** Whether there are more than so many, which costs a third of counting them; a long lane is asked at each delivery. */
const BEYOND = `
  SELECT 1 AS n FROM events INDEXED BY events_order WHERE account = ? AND lane = ? AND ${IS_CLAIMABLE}
  LIMIT 1 OFFSET ?`;
const CLAIM_OF = "SELECT * FROM events WHERE account = ? AND claimed_by = ?";
const CLAIM_ID_OF = "SELECT id FROM events WHERE account = ? AND claimed_by = ?";
const CLAIMS = "SELECT * FROM events WHERE claimed_by IS NOT NULL";

export function lanes(db: DatabaseSync, aside: SetAside, recent: RecentRecords<EventRecord>) {
  const heads = db.prepare(HEADS);
  const headId = db.prepare(HEAD_ID);
  const waiting = db.prepare(WAITING);
  const beyond = db.prepare(BEYOND);
  const claimOf = db.prepare(CLAIM_OF);
  const claimIdOf = db.prepare(CLAIM_ID_OF);
  const claims = db.prepare(CLAIMS);
  /** Since the last commit: an ack and the delivery that follows it ask for the same. */
  const counted = new Map<string, number>();

  function count(account: string, lane: Lane, most: number): number {
    if (beyond.get(account, lane, most) !== undefined) return most;
    return numberOf(waiting.get(account, lane, most));
  }

  return {
    /** Something was committed. */
    committed: () => counted.clear(),

    heads(account: string, lane: Lane, limit: number): EventRecord[] {
      if (limit === 1) {
        const known = recent.get(headId.get(account, lane)?.id);
        if (known !== undefined) return [known];
      }
      const found = aside.readable(heads.iterate(account, lane), eventOf, limit);
      return limit === 1 ? found.map((record) => recent.read(record)) : found;
    },

    waiting(account: string, lane: Lane, most: number): number {
      const key = `${account} ${lane} ${most}`;
      const known = counted.get(key) ?? count(account, lane, most);
      counted.set(key, known);
      return known;
    },

    claimOf(account: string, session: string): EventRecord | null {
      const id = claimIdOf.get(account, session)?.id;
      if (id === undefined) return null;
      return recent.get(id) ?? eventOf(claimOf.get(account, session));
    },

    claims: (): EventRecord[] => aside.readable(claims.iterate(), eventOf, Number.POSITIVE_INFINITY),
  };
}

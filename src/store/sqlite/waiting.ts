/** How many events wait in a lane; asked at each delivery and each ack, so it must cost the same however many they are. */
import type { DatabaseSync } from "node:sqlite";
import type { Lane } from "../../domain/lane.ts";
import { IS_CLAIMABLE } from "./is-claimable.ts";
import { numberOf } from "./rows.ts";

const COUNT = `
  SELECT count(*) AS n FROM (SELECT 1 FROM events WHERE account = ? AND lane = ? AND ${IS_CLAIMABLE} LIMIT ?)`;
const BEYOND = `
  SELECT 1 AS n FROM events INDEXED BY events_order WHERE account = ? AND lane = ? AND ${IS_CLAIMABLE}
  LIMIT 1 OFFSET ?`;

export function waitingCounts(db: DatabaseSync) {
  const count = db.prepare(COUNT);
  const beyond = db.prepare(BEYOND);
  /** Since the last commit: an ack and the delivery that follows it ask for the same. */
  const known = new Map<string, number>();
  /** Where that many waited the last time, it is asked first whether they still do: it costs a third of counting them. */
  const long = new Set<string>();

  function counted(account: string, lane: Lane, most: number): number {
    const key = `${account} ${lane}`;
    if (long.has(key) && beyond.get(account, lane, most - 1) !== undefined) return most;
    const n = numberOf(count.get(account, lane, most));
    if (n === most) long.add(key);
    else long.delete(key);
    return n;
  }

  return {
    /** Something was committed. */
    committed: () => known.clear(),

    /** No further than `most`. */
    waiting(account: string, lane: Lane, most: number): number {
      const key = `${account} ${lane} ${most}`;
      const n = known.get(key) ?? counted(account, lane, most);
      known.set(key, n);
      return n;
    },
  };
}

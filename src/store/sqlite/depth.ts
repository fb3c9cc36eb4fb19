/**
 * Whether a lane has its greatest depth; asked at each append there, so what was counted is reckoned on: each write of an event
 * has brought one more at most, and taken one.
 */
import type { DatabaseSync } from "node:sqlite";
import type { Lane } from "../../domain/lane.ts";
import { IS_FOR_ANYBODY, IS_KEPT } from "./is-claimable.ts";
import { numberOf } from "./rows.ts";

const OF_LANE = "SELECT 1 FROM events WHERE account = ?1 AND lane = ?2 AND";
const COUNT = `
  SELECT count(*) AS n FROM (
    ${OF_LANE} ${IS_FOR_ANYBODY}
    UNION ALL ${OF_LANE} ${IS_KEPT}
    UNION ALL ${OF_LANE} state = 'scheduled'
    LIMIT ?3)`;

/** Lanes of which it is remembered; beyond it all are counted anew. */
const MOST = 1_000;

/** It is counted so much further than asked: until as many events have left, it needs no look. */
const FURTHER = 1_000;

interface Counted {
  n: number;
  /** There are no more than `n`. */
  all: boolean;
  /** How many writes of events there had been. */
  writes: number;
}

export function depths(db: DatabaseSync) {
  const counting = db.prepare(COUNT);
  const known = new Map<string, Counted>();
  let writes = 0;

  function count(account: string, lane: Lane, most: number): Counted {
    const n = numberOf(counting.get(account, lane, most));
    return { n, all: n < most, writes };
  }

  return {
    /** An event was written. */
    written(): void {
      writes += 1;
    },

    isFull(account: string, lane: Lane, depth: number): boolean {
      const key = `${account} ${lane}`;
      const before = known.get(key);
      if (before !== undefined) {
        const since = writes - before.writes;
        if (before.n - since >= depth) return true;
        if (before.all && before.n + since < depth) return false;
      }
      const now = count(account, lane, depth + FURTHER);
      if (known.size >= MOST) known.clear();
      known.set(key, now);
      return now.n >= depth;
    },
  };
}

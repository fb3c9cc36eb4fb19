/** How many events wait in a lane; asked at each delivery and each ack, so it must cost the same however many they are. */
import type { DatabaseSync } from "node:sqlite";
import type { Lane } from "../../domain/lane.ts";
import { IS_FOR_ANYBODY, IS_KEPT } from "./is-claimable.ts";
import { numberOf } from "./rows.ts";

const COUNT = `
  SELECT count(*) AS n FROM (
    SELECT 1 FROM events WHERE account = ?1 AND lane = ?2 AND ${IS_FOR_ANYBODY}
    UNION ALL SELECT 1 FROM events WHERE account = ?1 AND lane = ?2 AND ${IS_KEPT}
    LIMIT ?3)`;

/** A long lane is counted so much further than asked: until as many events were written, it needs no look. */
const FURTHER = 1_000;

interface Counted {
  n: number;
  /** `n` is all of them, not only as many as were counted. */
  all: boolean;
  /** How many writes of events there had been. */
  writes: number;
}

export function waitingCounts(db: DatabaseSync) {
  const count = db.prepare(COUNT);
  const known = new Map<string, Counted>();
  let writes = 0;

  function counted(account: string, lane: Lane, most: number): Counted {
    const few = numberOf(count.get(account, lane, most));
    if (few < most) return { n: few, all: true, writes };
    const n = numberOf(count.get(account, lane, most + FURTHER));
    return { n, all: n < most + FURTHER, writes };
  }

  /** Each write has taken one of a lane's at most. */
  function holds({ n, all, writes: then }: Counted, most: number): boolean {
    return n - (writes - then) >= most || (all && writes === then);
  }

  return {
    /** An event was written: one more or one less may wait. */
    written(): void {
      writes += 1;
    },

    /** No further than `most`. */
    waiting(account: string, lane: Lane, most: number): number {
      const key = `${account} ${lane}`;
      const before = known.get(key);
      if (before !== undefined && holds(before, most)) return Math.min(before.n, most);
      const now = counted(account, lane, most);
      if (now.n > 0) known.set(key, now);
      else known.delete(key);
      return Math.min(now.n, most);
    },
  };
}

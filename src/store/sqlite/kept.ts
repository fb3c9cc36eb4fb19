/**
 * What waits in a lane for one session alone: the first of each session's. Few lanes have any, and those are known, so that
 * the others are not asked.
 */
import type { DatabaseSync } from "node:sqlite";
import { type EventRecord, isClaimable, keptFor } from "../../domain/event.ts";
import type { Lane } from "../../domain/lane.ts";
import { IS_KEPT } from "./is-claimable.ts";
import { eventOf } from "./rows.ts";
import { rowsOf } from "./rows-of.ts";
import type { SetAside } from "./set-aside.ts";

const LANES = `SELECT DISTINCT account, lane FROM events INDEXED BY events_kept WHERE ${IS_KEPT}`;
const NEXT = `SELECT kept_for FROM events WHERE account = ? AND lane = ? AND kept_for > ? AND ${IS_KEPT} ORDER BY kept_for LIMIT 1`;
const HEADS = `SELECT * FROM events WHERE account = ? AND lane = ? AND kept_for = ? AND (origin <> 'message' OR ?) AND ${IS_KEPT} ORDER BY band, seq`;

export function keptEvents(db: DatabaseSync, aside: SetAside) {
  const next = db.prepare(NEXT);
  const heads = db.prepare(HEADS);
  /** Lanes that may have some: written so, and not found empty since. */
  const lanes = new Set<string>();
  for (const { account, lane } of db.prepare(LANES).all()) lanes.add(`${account} ${lane}`);

  /** The sessions for whom something waits, in no order that means anything. */
  function* sessions(account: string, lane: Lane): Iterable<string> {
    for (let last = ""; ; ) {
      const found = next.get(account, lane, last)?.kept_for;
      if (typeof found !== "string") return;
      yield found;
      last = found;
    }
  }

  return {
    written(record: EventRecord): void {
      if (keptFor(record) === null || !isClaimable(record)) return;
      lanes.add(`${record.facts.account} ${record.facts.lane}`);
    },

    /** The first `limit` of each session's. */
    heads(account: string, lane: Lane, limit: number, messages: boolean): EventRecord[] {
      if (!lanes.has(`${account} ${lane}`)) return [];
      const all = [...sessions(account, lane)];
      if (all.length === 0) lanes.delete(`${account} ${lane}`);
      return all.flatMap((session) =>
        aside.readable(rowsOf(heads, account, lane, session, messages ? 1 : 0), eventOf, limit),
      );
    },
  };
}

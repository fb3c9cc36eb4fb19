/**
 * An account's events that wait, over all of its lanes: read off the index that orders each lane (promise 3). One by state would be
 * a page more in every commit of a claim.
 */
import type { DatabaseSync } from "node:sqlite";
import type { EventState } from "../../domain/event.ts";
import { BANDS, bandOf, PRIORITIES } from "../../domain/order.ts";
import { IS_CLAIMABLE } from "./is-claimable.ts";
import { numberOf } from "./rows.ts";
import { rowsOf } from "./rows-of.ts";

type Row = Record<string, unknown>;

const THERE = `FROM events INDEXED BY events_order WHERE account = ? AND ${IS_CLAIMABLE}`;

/** The bands in which an event of the state can stand. */
const bandsOf = (state: EventState): number[] => [
  ...new Set(PRIORITIES.map((priority) => BANDS.indexOf(bandOf(priority, state)))),
];

export function inLanes(db: DatabaseSync) {
  const nextLane = db.prepare(`SELECT lane ${THERE} AND lane > ? ORDER BY lane LIMIT 1`);
  const newest = db.prepare(`SELECT * ${THERE} AND lane = ? AND band = ? AND state = ? ORDER BY seq DESC`);
  const count = db.prepare(
    `SELECT count(*) AS n FROM (SELECT 1 ${THERE} AND lane = ? AND band = ? AND state = ? LIMIT ?)`,
  );

  /** Of the account, in which something waits; from one to the next without looking at what does. */
  function* lanesOf(account: string): Iterable<string> {
    for (
      let row = nextLane.get(account, "");
      row !== undefined;
      row = nextLane.get(account, String(row.lane))
    )
      yield String(row.lane);
  }

  function* stretches(account: string, state: EventState, only?: string): Iterable<[string, number]> {
    for (const lane of only === undefined ? lanesOf(account) : [only])
      for (const band of bandsOf(state)) yield [lane, band];
  }

  return {
    /** The newest of each lane and band, newest first: who has enough of one stops there. */
    *newest(account: string, state: EventState, lane?: string): Iterable<Iterable<Row>> {
      for (const stretch of stretches(account, state, lane)) yield rowsOf(newest, account, ...stretch, state);
    },

    /** No further than `most`. */
    count(account: string, state: EventState, most: number): number {
      let n = 0;
      for (const stretch of stretches(account, state)) {
        if (n >= most) break;
        n += numberOf(count.get(account, ...stretch, state, most - n));
      }
      return n;
    },
  };
}

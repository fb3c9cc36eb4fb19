/**
 * Gives what waits in a lane its turn, once the lane's policy is round robin: some events at a time, each time a commit that others
 * share, so that nobody waits for a backlog. What is delayed or in hand is not looked for: it is written before it can be
 * claimed, and has its turn then.
 */
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { ORIGINS } from "../../domain/event.ts";
import { BANDS } from "../../domain/order.ts";
import { hasTurns, turnOf } from "../../domain/turns.ts";
import { IS_FOR_ANYBODY, IS_KEPT } from "./is-claimable.ts";
import type { TurnLane, turnLanes } from "./turns.ts";

/** As many as a commit takes on for it: one or two milliseconds. */
const AT_ONCE = 200;

const TURNING = BANDS.filter(hasTurns).map((band) => BANDS.indexOf(band));

/** How far a lane is sorted. */
export interface Reached {
  /** Those for anybody come first. */
  keptFor: string | null;
  /** Of `TURNING`. */
  band: number;
  seq: number;
}

const BEGIN: Reached = { keptFor: null, band: 0, seq: 0 };

const Waiting = z.object({
  seq: z.number(),
  origin: z.enum(ORIGINS),
  sourceId: z.string().nullable(),
  from: z.string(),
  turn: z.string().nullable(),
});

const SOME = `SELECT seq, origin, source_id AS sourceId, "from", turn FROM events WHERE account = ? AND lane = ?`;
const NEXT = `SELECT kept_for FROM events WHERE account = ? AND lane = ? AND kept_for > ? AND ${IS_KEPT} ORDER BY kept_for LIMIT 1`;

export function turnSorting(db: DatabaseSync, lanes: ReturnType<typeof turnLanes>) {
  const anybodys = db.prepare(`${SOME} AND band = ? AND seq > ? AND ${IS_FOR_ANYBODY} ORDER BY seq LIMIT ?`);
  const kept = db.prepare(
    `${SOME} AND kept_for = ? AND band = ? AND seq > ? AND ${IS_KEPT} ORDER BY seq LIMIT ?`,
  );
  const next = db.prepare(NEXT);
  const give = db.prepare("UPDATE events SET turn = ? WHERE seq = ?");

  function giveSome({ account, lane }: TurnLane, { keptFor, band, seq }: Reached, most: number) {
    const where = [account, lane, ...(keptFor === null ? [] : [keptFor]), TURNING[band] ?? 0, seq, most];
    const rows = (keptFor === null ? anybodys : kept).all(...where);
    let last = seq;
    for (const row of rows) {
      // What can't be read can't be claimed either.
      const read = Waiting.safeParse(row).data;
      last = Number(row.seq);
      if (read?.turn === null) give.run(turnOf(read), read.seq);
    }
    return { count: rows.length, last };
  }

  /** Behind this queue; null: that was the last. */
  function behind({ account, lane }: TurnLane, { keptFor, band }: Reached): Reached | null {
    if (band + 1 < TURNING.length) return { keptFor, band: band + 1, seq: 0 };
    const found = next.get(account, lane, keptFor ?? "")?.kept_for;
    return typeof found === "string" ? { keptFor: found, band: 0, seq: 0 } : null;
  }

  return {
    /** Sorts on from there, in the transaction that is open. Null: the lane is sorted, or is not to be any more. */
    some(lane: TurnLane, from: Reached = BEGIN): Reached | null {
      if (!lanes.has(lane.account, lane.lane)) return null;
      let left = AT_ONCE;
      for (let at: Reached | null = from; at !== null; ) {
        const { count, last } = giveSome(lane, at, left);
        left -= count;
        if (left === 0) return { ...at, seq: last };
        at = behind(lane, at);
      }
      lanes.sorted(lane);
      return null;
    },
  };
}

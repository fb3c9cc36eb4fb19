/**
 * Lanes in which sources take turns (`domain/turns.ts`). Which these are is known here, so that an event of another lane pays
 * nothing: it has no turn, and stands in no index of turns. Invariants:
 *
 *   T1  From the commit on that makes a lane's policy round robin, each write of an event there gives it its turn. So what waits
 *       without one has waited since before, and nothing brings more of it.
 *   T2  A lane counts as sorted when all of that was gone through; that stands in the same commit as the last of it.
 */
import type { DatabaseSync } from "node:sqlite";
import type { EventRecord } from "../../domain/event.ts";
import type { Lane } from "../../domain/lane.ts";
import type { LaneSettings } from "../../domain/lane-settings.ts";
import { BANDS } from "../../domain/order.ts";
import type { Queue } from "../../domain/ports/store.ts";
import { turnOf } from "../../domain/turns.ts";
import { IS_CLAIMABLE } from "./is-claimable.ts";
import { eventOf } from "./rows.ts";
import { rowsOf } from "./rows-of.ts";
import type { SetAside } from "./set-aside.ts";

export interface TurnLane {
  account: string;
  lane: Lane;
}

interface Known extends TurnLane {
  sorted: boolean;
}

const TURNS = `
  SELECT * FROM events WHERE account = ? AND lane = ? AND kept_for IS ? AND band = ? AND turn >= ?
    AND turn IS NOT NULL AND ${IS_CLAIMABLE} ORDER BY turn, seq`;

export function turnLanes(db: DatabaseSync, aside: SetAside) {
  const turns = db.prepare(TURNS);
  const all = db.prepare("SELECT account, lane, sorted FROM lanes WHERE policy = 'round-robin'");
  const markSorted = db.prepare("UPDATE lanes SET sorted = 1 WHERE account = ? AND lane = ?");
  /** Null: to be read again. */
  let known: Map<string, Known> | null = null;

  function lanes(): Map<string, Known> {
    if (known !== null) return known;
    known = new Map();
    for (const { account, lane, sorted } of all.all()) {
      const one = { account: String(account), lane: String(lane), sorted: sorted === 1 };
      known.set(`${account} ${lane}`, one);
    }
    return known;
  }

  return {
    /** Null: its lane knows no turns. */
    of({ facts }: EventRecord): string | null {
      const { size } = lanes();
      return size > 0 && lanes().has(`${facts.account} ${facts.lane}`) ? turnOf(facts) : null;
    },

    isSorted: (account: string, lane: Lane): boolean => lanes().get(`${account} ${lane}`)?.sorted === true,

    has: (account: string, lane: Lane): boolean => lanes().has(`${account} ${lane}`),

    /** One that is to be sorted; the same object as long as nothing else is said of it. */
    unsorted(): TurnLane | undefined {
      for (const one of lanes().values()) if (!one.sorted) return one;
      return undefined;
    },

    /** In the transaction that is open. True: it is to be sorted from now on. */
    said({ account, lane, policy }: LaneSettings): boolean {
      const key = `${account} ${lane}`;
      if (policy === "fifo") lanes().delete(key);
      if (policy === "fifo" || lanes().has(key)) return false;
      lanes().set(key, { account, lane, sorted: false });
      return true;
    },

    /** In the transaction that is open. */
    sorted({ account, lane }: TurnLane): void {
      markSorted.run(account, lane);
      lanes().set(`${account} ${lane}`, { account, lane, sorted: true });
    },

    /** What was said in a transaction has not come true. */
    rolledBack(): void {
      known = null;
    },

    turns({ account, lane, keptFor, band }: Queue, from: string, limit: number): EventRecord[] {
      const rows = rowsOf(turns, account, lane, keptFor, BANDS.indexOf(band), from);
      return aside.readable(rows, eventOf, limit);
    },
  };
}

/** What waits in the lanes of a simulated store, in the orders in which it may leave (promise 3). */
import { BANDS } from "../../../src/domain/order.ts";
import type { Queue } from "../../../src/domain/ports/store.ts";
import { turnOf } from "../../../src/domain/turns.ts";
import type { EventRow } from "./event-rows.ts";
import type { Rows } from "./rows.ts";

type Where = Pick<Queue, "account" | "lane">;

/** `limit` of those for anybody, and of those kept for each session. */
export function headsOf(rows: Rows, where: Where, limit: number, messages = true): EventRow[] {
  const counts = new Map<string | null, number>();
  return inOrder(rows, where).filter(({ seen, keys }) => {
    if (!messages && seen.facts.origin === "message") return false;
    const count = (counts.get(keys.keptFor) ?? 0) + 1;
    counts.set(keys.keptFor, count);
    return count <= limit;
  });
}

export function turnsOf(rows: Rows, queue: Queue, from: string, limit: number): EventRow[] {
  return inOrder(rows, queue)
    .filter(({ keys }) => keys.band === queue.band && keys.keptFor === queue.keptFor)
    .map((row) => ({ turn: turnOf(row.seen.facts), row }))
    .filter(({ turn }) => turn >= from)
    .sort((a, b) => (a.turn < b.turn ? -1 : a.turn > b.turn ? 1 : 0))
    .slice(0, limit)
    .map(({ row }) => row);
}

function inOrder(rows: Rows, { account, lane }: Where): EventRow[] {
  return rows.events
    .claimable(account, lane)
    .sort((a, b) => BANDS.indexOf(a.keys.band) - BANDS.indexOf(b.keys.band) || a.seen.seq - b.seen.seq);
}

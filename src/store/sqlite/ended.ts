/**
 * What has ended, by when it did: for history, newest first; for retention and replay, oldest first. Each state has its own
 * stretch of one index, which also has what a filter asks for, so that what it passes over is not read.
 */
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { type EventRecord, endedAt } from "../../domain/event.ts";
import type { EndedFilter, WhichEnded } from "../../domain/ports/store.ts";
import { REPLAY } from "../../domain/replay.ts";
import { OF_STATES } from "./by-state.ts";
import { eventOf, numberOf, promptOf } from "./rows.ts";
import { rowsOf } from "./rows-of.ts";
import type { SetAside } from "./set-aside.ts";

const MATCHES = `
  account = ?1 AND state = ?2 AND ${OF_STATES} AND ended_at >= ?3 AND ended_at <= ?4
    AND (?5 IS NULL OR lane = ?5) AND (?6 IS NULL OR "from" = ?6)`;
/** A replay is known by its delivery id, as any delivery is. */
const UNREPLAYED = `
  NOT EXISTS (SELECT 1 FROM events AS replay WHERE replay.account = events.account
    AND ifnull(replay.source_id, '') = ifnull(events.source_id, '')
    AND replay.delivery_id = '${REPLAY}' || events.id AND replay.dropped = 0)`;
const ORDER = {
  newest: "AND (ended_at, seq) < (?7, ?8) ORDER BY ended_at DESC, seq DESC",
  oldest: "AND (ended_at, seq) > (?7, ?8) ORDER BY ended_at, seq",
};

/** Before and behind every moment. */
const NEVER = Number.MAX_SAFE_INTEGER;

export function ended(db: DatabaseSync, aside: SetAside) {
  const listing = (matches: string) => ({
    newest: db.prepare(`SELECT * FROM events WHERE ${matches} ${ORDER.newest}`),
    oldest: db.prepare(`SELECT * FROM events WHERE ${matches} ${ORDER.oldest}`),
  });
  const all = listing(MATCHES);
  const unreplayed = listing(`${MATCHES} AND ${UNREPLAYED}`);
  const count = db.prepare(
    `SELECT count(*) AS n FROM (SELECT 1 FROM events WHERE ${MATCHES} AND ${UNREPLAYED} LIMIT ?7)`,
  );
  const prompt = db.prepare(`
    SELECT substr(prompt, 1, ?2) AS prompt FROM contents JOIN events USING (seq) WHERE id = ?1`);

  const given = (account: string, state: string, filter: WhichEnded): SQLInputValue[] => {
    const { since = -NEVER, until = NEVER, lane = null, from = null } = filter;
    return [account, state, since, until, lane, from];
  };

  return {
    ended(account: string, filter: EndedFilter): EventRecord[] {
      const { order, limit, since = -NEVER, until = NEVER } = filter;
      const start = order === "newest" ? NEVER : -NEVER;
      const { endedAt: at, seq } = filter.behind ?? { endedAt: start, seq: start };
      // So that a later page begins where it begins, and passes over nothing.
      const from =
        order === "newest"
          ? { ...filter, until: Math.min(until, at) }
          : { ...filter, since: Math.max(since, at) };
      const statement = (filter.unreplayed === true ? unreplayed : all)[order];
      const found = [...new Set(filter.states)].flatMap((state) =>
        aside.readable(rowsOf(statement, ...given(account, state, from), at, seq), eventOf, limit),
      );
      const sign = order === "newest" ? -1 : 1;
      return found
        .sort((a, b) => sign * ((endedAt(a) ?? 0) - (endedAt(b) ?? 0) || a.seq - b.seq))
        .slice(0, limit);
    },

    unreplayed(account: string, filter: WhichEnded, most: number): number {
      const counted = [...new Set(filter.states)].map((state) =>
        numberOf(count.get(...given(account, state, filter), most)),
      );
      return Math.min(
        most,
        counted.reduce((sum, n) => sum + n, 0),
      );
    },

    prompt(id: string, chars: number): string | null {
      const row = prompt.get(id, chars);
      return row === undefined ? null : promptOf(row);
    },
  };
}

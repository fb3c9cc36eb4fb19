/** What waits in a lane, in order (promise 3), and who has what in hand (promise 2). */
import type { DatabaseSync } from "node:sqlite";
import type { EventRecord } from "../../domain/event.ts";
import type { Lane } from "../../domain/lane.ts";
import { compare, placeOf } from "../../domain/order.ts";
import { IS_FOR_ANYBODY } from "./is-claimable.ts";
import type { keptEvents } from "./kept.ts";
import { RecentHands } from "./recent-hands.ts";
import type { RecentRecords } from "./recent-records.ts";
import { eventOf } from "./rows.ts";
import { rowOf, rowsOf } from "./rows-of.ts";
import type { SetAside } from "./set-aside.ts";

const HEADS = `SELECT * FROM events WHERE account = ? AND lane = ? AND ${IS_FOR_ANYBODY} ORDER BY band, seq`;
const HEADS_BUT_MESSAGES = `SELECT * FROM events WHERE account = ? AND lane = ? AND origin <> 'message' AND ${IS_FOR_ANYBODY} ORDER BY band, seq`;
const HEAD_ID = `SELECT id FROM events WHERE account = ? AND lane = ? AND ${IS_FOR_ANYBODY} ORDER BY band, seq LIMIT 1`;
const CLAIM_OF = "SELECT * FROM events WHERE account = ? AND claimed_by = ?";
const CLAIM_ID_OF = "SELECT id FROM events WHERE account = ? AND claimed_by = ?";
const CLAIMS = "SELECT * FROM events WHERE claimed_by IS NOT NULL";

export function lanes(
  db: DatabaseSync,
  aside: SetAside,
  recent: RecentRecords<EventRecord>,
  hands: RecentHands,
  kept: ReturnType<typeof keptEvents>,
) {
  const heads = db.prepare(HEADS);
  const headsButMessages = db.prepare(HEADS_BUT_MESSAGES);
  const headId = db.prepare(HEAD_ID);
  const claimOf = db.prepare(CLAIM_OF);
  const claimIdOf = db.prepare(CLAIM_ID_OF);
  const claims = db.prepare(CLAIMS);

  /** The first of each lane, since the last commit: read ahead while its session works, and asked for by its ack. */
  const firsts = new Map<string, EventRecord[]>();

  function first(account: string, lane: Lane): EventRecord[] {
    const known = recent.get(headId.get(account, lane)?.id);
    if (known !== undefined) return [known];
    return aside.readable(rowsOf(heads, account, lane), eventOf, 1).map((record) => recent.read(record));
  }

  function forAnybody(account: string, lane: Lane, limit: number, messages: boolean): EventRecord[] {
    if (limit === 1 && messages) return first(account, lane);
    return aside.readable(rowsOf(messages ? heads : headsButMessages, account, lane), eventOf, limit);
  }

  function inOrder(account: string, lane: Lane, limit: number, messages: boolean): EventRecord[] {
    const others = kept.heads(account, lane, limit, messages);
    const anybodys = forAnybody(account, lane, limit, messages);
    if (others.length === 0) return anybodys;
    return [...anybodys, ...others].sort((a, b) => compare(placeOf(a), placeOf(b)));
  }

  function idOfClaim(account: string, session: string): string | null {
    const holder = RecentHands.keyOf(account, session);
    const known = hands.get(holder);
    if (known !== undefined) return known;
    const id = claimIdOf.get(account, session)?.id;
    const read = typeof id === "string" ? id : null;
    hands.read(holder, read);
    return read;
  }

  return {
    /** Something was committed. */
    committed: () => firsts.clear(),

    heads(account: string, lane: Lane, limit: number, messages = true): EventRecord[] {
      if (limit > 1 || !messages) return inOrder(account, lane, limit, messages);
      const key = `${account} ${lane}`;
      const found = firsts.get(key) ?? inOrder(account, lane, 1, true);
      firsts.set(key, found);
      return found;
    },

    claimOf(account: string, session: string): EventRecord | null {
      const id = idOfClaim(account, session);
      if (id === null) return null;
      return recent.get(id) ?? eventOf(rowOf(claimOf, account, session));
    },

    claims: (): EventRecord[] => aside.readable(rowsOf(claims), eventOf, Number.POSITIVE_INFINITY),
  };
}

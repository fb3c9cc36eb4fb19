/**
 * The store on a simulated disk. A commit takes time, and resolves only when it is synced; reads are answered from what
 * is synced. What is under way when the process or the machine dies is kept wholly, in part, in any order, or not at all,
 * which is all that the contract promises. `test/store/contract.ts` holds it to the contract.
 */
import { SignalboxError } from "../../../src/domain/errors.ts";
import { EVENT_STATES } from "../../../src/domain/event.ts";
import type { Store, Write, WriteResult } from "../../../src/domain/ports/store.ts";
import { cronOf, cronsAhead, cronsOf, dueCrons, removeCron } from "./crons.ts";
import { headsOf, turnsOf } from "./lanes.ts";
import { plain } from "./plain.ts";
import { momentOf, type Rows } from "./rows.ts";
import {
  accountLike,
  changeToken,
  laneOf,
  lanesOf,
  noteHeard,
  putAccount,
  putLane,
  putSignInCode,
  putSource,
  putToken,
  removeSignInCodes,
  removeSource,
  removeToken,
  sealedSecrets,
  sourceAt,
  sourcesOf,
  takeSignInCode,
  tokenByHash,
  tokensOf,
} from "./settings.ts";

/** How the disk behaves just now, asked at each act. */
export interface Temper {
  /** Resolves when the disk has got so far. Never, once the process that waits is dead. */
  reading(): Promise<void>;
  committing(): Promise<void>;
  /** Between the sync and the word of it. */
  answering(): Promise<void>;
  fails(act: "read" | "commit"): boolean;
  /** Writes of one batch land one by one, in any order, as the contract allows. */
  loose(): boolean;
  shuffled<T>(all: readonly T[]): T[];
  /** Of writes whose commit did not end well: the ones that are on the disk all the same, in their order. */
  leftOf<T>(writes: readonly T[]): T[];
}

/** Told of each commit when it is asked for. */
export type AskedFor = (writes: readonly Write[]) => void;
/** Told of each read that may give several records, with how many it asked for and how many it got. */
export type ReadMany = (what: string, limit: number, got: number) => void;

export interface SimulatedStore extends Store {
  /** The process is dead: what was under way falls as it may. */
  crash(): void;
}

interface Commit {
  writes: readonly Write[];
}

export function simulatedStore(
  rows: Rows,
  temper: Temper,
  told: { asked?: AskedFor; readMany?: ReadMany } = {},
): SimulatedStore {
  const underWay = new Set<Commit>();
  let closed = false;
  let last: Promise<unknown> = Promise.resolve();

  async function read<T>(ask: () => T): Promise<T> {
    if (closed) throw storeClosed();
    await temper.reading();
    if (temper.fails("read")) throw diskError();
    return ask();
  }

  async function readMany<T>(what: string, limit: number, ask: () => T[]): Promise<T[]> {
    const found = await read(ask);
    told.readMany?.(what, limit, found.length);
    return found;
  }

  /** One act of the disk, after those that were asked for before it unless the disk is loose. */
  async function inTurn<T>(act: () => Promise<T>): Promise<T> {
    if (closed) throw storeClosed();
    if (temper.loose()) {
      const alone = act();
      last = Promise.allSettled([last, alone]);
      return alone;
    }
    const mine = last.then(act, act);
    last = mine.catch(() => {});
    return mine;
  }

  async function write(commit: Commit): Promise<WriteResult[]> {
    await temper.committing();
    if (temper.fails("commit")) {
      for (const one of temper.leftOf(commit.writes)) rows.apply(one);
      underWay.delete(commit);
      throw diskError();
    }
    const results = await land(commit);
    rows.aliveOnDisk = rows.aliveAt;
    underWay.delete(commit);
    await temper.answering();
    return results;
  }

  async function land(commit: Commit): Promise<WriteResult[]> {
    const { writes } = commit;
    if (!temper.loose()) return writes.map((one) => rows.apply(one));
    const results = new Map<Write, WriteResult>();
    for (const one of temper.shuffled(writes)) {
      if (results.size > 0) await temper.committing();
      results.set(one, rows.apply(one));
      commit.writes = commit.writes.filter((other) => other !== one);
    }
    return writes.flatMap((one) => results.get(one) ?? []);
  }

  const single = <T>(act: () => T): Promise<T> =>
    inTurn(async () => {
      await temper.committing();
      if (temper.fails("commit")) {
        // Nobody knows what became of it.
        if (temper.leftOf([act]).length > 0) act();
        throw diskError();
      }
      return act();
    });

  const events = () => [...rows.events.values()];
  /** The newest first. */
  const droppedBy = (sourceId: string, most: number) =>
    events()
      .filter(({ keys, seen }) => keys.state === "dropped" && seen.facts.sourceId === sourceId)
      .sort((a, b) => b.seen.seq - a.seen.seq)
      .slice(0, most);

  return {
    commit(asked) {
      const writes = plain(asked);
      if (!closed) told.asked?.(writes);
      const commit: Commit = { writes };
      return inTurn(() => {
        underWay.add(commit);
        return write(commit);
      });
    },
    event: (id) => read(() => rows.events.get(id)?.seen ?? null),
    known: (account, sourceId, deliveryId) =>
      read(() => {
        const row = rows.known(account, sourceId, deliveryId);
        return row === null ? null : { id: row.seen.facts.id, state: row.keys.state };
      }),
    content: (id) => read(() => rows.events.get(id)?.content ?? null),
    session: (account, id) => read(() => rows.sessions.get(`${account} ${id}`)?.seen ?? null),
    claimOf: (account, session) => read(() => rows.events.heldBy(account, session)?.seen ?? null),
    heads: (account, lane, limit, messages) =>
      readMany(`heads ${account} ${lane}`, limit, () =>
        headsOf(rows, { account, lane }, limit, messages).map(({ seen }) => seen),
      ),
    isSorted: (account, lane) => read(() => laneOf(rows, account, lane)?.policy === "round-robin"),
    turns: (queue, from, limit) =>
      readMany(`turns ${queue.account} ${queue.lane}`, limit, () =>
        turnsOf(rows, queue, from, limit).map(({ seen }) => seen),
      ),
    waitingLike: (account, lane, key) => read(() => rows.waitingLike(account, lane, key)?.seen ?? null),
    lookAhead: () => {},
    waiting: (account, lane, most) => read(() => Math.min(most, rows.events.claimable(account, lane).length)),
    isFull: (account, lane, depth) =>
      read(() => {
        const delayed = events().filter(
          ({ seen: { facts }, keys }) =>
            facts.account === account && facts.lane === lane && keys.state === "scheduled",
        );
        return rows.events.claimable(account, lane).length + delayed.length >= depth;
      }),
    claims: () =>
      readMany("claims", 0, () =>
        events()
          .filter(({ keys }) => keys.claimedBy !== null)
          .map(({ seen }) => seen),
      ),
    sessions: (account) =>
      readMany("sessions", 0, () =>
        [...rows.sessions.values()]
          .filter(({ seen, keys }) => keys.state !== "gone" && (account === null || seen.account === account))
          .map(({ seen }) => seen),
      ),
    gone: (until, limit) =>
      readMany("gone", limit, () =>
        [...rows.sessions.values()]
          .filter(({ keys }) => keys.goneAt !== null && keys.goneAt <= until)
          .sort((a, b) => (a.keys.goneAt ?? 0) - (b.keys.goneAt ?? 0))
          .slice(0, limit)
          .map(({ seen }) => seen),
      ),
    due: (until, limit) =>
      readMany("due", limit, () =>
        [...rows.events.values(), ...rows.sessions.values()]
          .filter(({ keys }) => keys.dueAt !== null && keys.dueAt <= until)
          .sort((a, b) => (a.keys.dueAt ?? 0) - (b.keys.dueAt ?? 0))
          .slice(0, limit)
          .map(({ seen }) => seen),
      ),
    nextDue: () =>
      read(() => {
        const due = [...rows.events.values(), ...rows.sessions.values()].flatMap(
          ({ keys }) => keys.dueAt ?? [],
        );
        return due.length === 0 ? null : Math.min(...due);
      }),
    events: (account, { states, lane, limit }) =>
      readMany("events", limit, () =>
        events()
          .filter(({ seen, keys }) => seen.facts.account === account && states.includes(keys.state))
          .filter(({ seen }) => lane === undefined || seen.facts.lane === lane)
          .sort((a, b) => momentOf(b) - momentOf(a) || b.seen.seq - a.seen.seq)
          .slice(0, limit)
          .map(({ seen }) => seen),
      ),
    counts: (account, most) =>
      read(() => {
        const mine = events().filter(({ seen }) => seen.facts.account === account);
        const counted = EVENT_STATES.map((state) => [
          state,
          mine.filter(({ keys }) => keys.state === state).length,
        ]);
        return Object.fromEntries(
          counted.flatMap(([state, n]) => (n === 0 ? [] : [[state, Math.min(Number(n), most)]])),
        );
      }),
    ended: (account, filter) =>
      readMany("ended", filter.limit, () => rows.ended(account, filter).map(({ seen }) => seen)),
    unreplayed: (account, filter, most) =>
      read(() => {
        const open = { ...filter, unreplayed: true, order: "oldest", limit: most } as const;
        return rows.ended(account, open).length;
      }),
    prompt: (id, chars) =>
      read(() => {
        const prompt = rows.events.get(id)?.content?.prompt ?? null;
        return prompt === null ? null : prompt.slice(0, chars);
      }),

    putLane: (settings) => single(() => putLane(rows, settings)),
    lane: (account, lane) => read(() => laneOf(rows, account, lane)),
    lanes: (account) => read(() => lanesOf(rows, account)),
    putSource: (source) => single(() => putSource(rows, source)),
    source: (profileId, slug) => read(() => sourceAt(rows, profileId, slug)),
    sources: (account) => read(() => sourcesOf(rows, account)),
    sealedSecrets: () => read(() => sealedSecrets(rows)),
    removeSource: (account, id) => single(() => removeSource(rows, account, id)),
    dropped: (sourceId, most) => read(() => droppedBy(sourceId, most).length),
    droppedTypes: (sourceId, most) =>
      read(() => {
        const counts = new Map<string, number>();
        for (const { seen } of droppedBy(sourceId, most))
          counts.set(seen.facts.type, (counts.get(seen.facts.type) ?? 0) + 1);
        const types = [...counts].map(([type, count]) => ({ type, count }));
        return types.sort((a, b) => b.count - a.count || (a.type < b.type ? -1 : 1));
      }),
    noteHeard: (id, at) => single(() => noteHeard(rows, id, at)),
    omittedBytes: (sourceId) => read(() => rows.omittedBytes.get(sourceId) ?? 0),
    cron: (account, id) => read(() => cronOf(rows, account, id)),
    crons: (account, after, limit) => readMany("crons", limit, () => cronsOf(rows, account, after, limit)),
    countCrons: (account, most) => read(() => cronsOf(rows, account, "", most).length),
    removeCron: (account, id) => single(() => removeCron(rows, account, id)),
    dueCrons: (until, limit, passed) =>
      readMany("due crons", limit, () => dueCrons(rows, until, limit, passed)),
    nextCronDue: () =>
      read(() => dueCrons(rows, Number.POSITIVE_INFINITY, 1)[0]?.actor.context.nextAt ?? null),
    cronsAhead: (moment, limit) => readMany("crons ahead", limit, () => cronsAhead(rows, moment, limit)),
    putAccount: (account) => single(() => putAccount(rows, account)),
    accounts: () => read(() => [...rows.accounts.values()]),
    account: (id) => read(() => accountLike(rows, (one) => one.id === id)),
    accountByIdentity: (identity) => read(() => accountLike(rows, (one) => one.identity === identity)),
    putSignInCode: (code, kept) => single(() => putSignInCode(rows, code, kept)),
    removeSignInCodes: (account) => single(() => removeSignInCodes(rows, account)),
    takeSignInCode: (hash) => single(() => takeSignInCode(rows, hash)),
    putToken: (token) => single(() => putToken(rows, token)),
    tokenByHash: (hash) => read(() => tokenByHash(rows, hash)),
    changeToken: (token) => single(() => changeToken(rows, token)),
    tokens: (account) => read(() => tokensOf(rows, account)),
    removeToken: (account, id) => single(() => removeToken(rows, account, id)),
    aliveAt: () => read(() => rows.aliveAt),
    noteAlive: (at) =>
      single(() => {
        rows.aliveAt = at;
      }),
    async close() {
      closed = true;
      await last;
    },
    crash() {
      closed = true;
      for (const { writes } of underWay) for (const one of temper.leftOf(writes)) rows.apply(one);
      underWay.clear();
    },
  };
}

const diskError = () => new SignalboxError("unavailable", "store_io", "the disk fails", "Check the disk");

const storeClosed = () =>
  new SignalboxError("unavailable", "store_closed", "the store is closed", "Start the server again");

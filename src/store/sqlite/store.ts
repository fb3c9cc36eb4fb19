/**
 * The embedded store: one file, one process. Every write goes through the group commit (promise 1); reads are answered
 * at once, from what is committed. Both stand on one connection, so nothing waits for a lock of its own.
 */
import type { DatabaseSync } from "node:sqlite";
import { reasonOf, SignalboxError } from "../../domain/errors.ts";
import type { EventRecord } from "../../domain/event.ts";
import type { Store, Write, WriteResult } from "../../domain/ports/store.ts";
import type { SessionRecord } from "../../domain/session.ts";
import { accounts } from "./accounts.ts";
import { alive } from "./alive.ts";
import { byState } from "./by-state.ts";
import { checkpoints } from "./checkpoint.ts";
import { crons } from "./crons.ts";
import { depths } from "./depth.ts";
import { ended } from "./ended.ts";
import { eventWrites } from "./event-writes.ts";
import { events } from "./events.ts";
import { ExpectedContent } from "./expected-content.ts";
import { closedStore, groupCommit, type Schedule, undoLeftOpen, whenFilled } from "./group-commit.ts";
import { keptEvents } from "./kept.ts";
import { knownDeliveries } from "./known.ts";
import { lanePolicies } from "./lane-policies.ts";
import { laneSettings } from "./lane-settings.ts";
import { lanes } from "./lanes.ts";
import { omittedBytes } from "./omitted.ts";
import { type OpenOptions, openDatabase } from "./open.ts";
import { RecentHands } from "./recent-hands.ts";
import { RecentRecords } from "./recent-records.ts";
import { removal } from "./removal.ts";
import { sessionKey, sessions } from "./sessions.ts";
import { setAside } from "./set-aside.ts";
import { signInCodes } from "./sign-in-codes.ts";
import { sources } from "./sources.ts";
import { openingFailure, storageFailure } from "./sqlite-errors.ts";
import { superseding } from "./superseding.ts";
import { timers } from "./timers.ts";
import { turnSorting } from "./turn-sorting.ts";
import { turnLanes } from "./turns.ts";
import { waitingCounts } from "./waiting.ts";

export interface StoreOptions {
  /** When a commit happens. Default `whenFilled`. */
  schedule?: Schedule;
  /** Told once of each stored record that could not be read, and of a WAL that could not be written back. Default: nobody. */
  log?: (problem: SignalboxError) => void;
}

export async function openSqliteStore({
  schedule,
  log,
  ...file
}: OpenOptions & StoreOptions): Promise<Store> {
  const db = openDatabase(file);
  try {
    return sqliteStore(db, file.path, {
      ...(schedule === undefined ? {} : { schedule }),
      ...(log === undefined ? {} : { log }),
    });
  } catch (error) {
    // Its statements are prepared for a schema that the file says it has.
    db.close();
    throw openingFailure(error, file.path) ?? error;
  }
}

/** The store on a database that `openDatabase` opened, whose owner it becomes. */
export function sqliteStore(db: DatabaseSync, path: string, { schedule, log }: StoreOptions = {}): Store {
  const aside = setAside(log ?? (() => {}));
  const quiet = checkpoints(db, path, (error) =>
    log?.(storageFailure(error, path) ?? leftInWal(error, path)),
  );
  const hands = new RecentHands();
  const recent = new RecentRecords<EventRecord>({
    keyOf: ({ facts }) => facts.id,
    keeps: ({ actor }) => actor.context.claim !== null,
    committed: (record) => hands.committed(record),
    doubted: () => hands.forget(),
  });
  const expected = new ExpectedContent();
  const recentSessions = new RecentRecords<SessionRecord>({ keyOf: sessionKey, keeps: () => true });
  const group = groupCommit(db, path, schedule ?? whenFilled, {
    committed() {
      recent.committed();
      expected.committed();
      recentSessions.committed();
      lane.committed();
      quiet.noteCommit();
    },
    rolledBack() {
      recent.rolledBack();
      expected.rolledBack();
      recentSessions.rolledBack();
      turns.rolledBack();
    },
  });
  const turns = turnLanes(db, aside);
  const places = superseding(db, turns);
  const known = knownDeliveries(db);
  const eventWriting = eventWrites(db, recent, expected, places, known, turns);
  const event = events(db, recent, expected);
  const listed = byState(db, aside);
  const past = ended(db, aside);
  const waiting = waitingCounts(db);
  const kept = keptEvents(db, aside);
  const depth = depths(db);
  const settings = laneSettings(db);
  const policies = lanePolicies(group, settings, turns, turnSorting(db, turns));
  const lane = lanes(db, aside, recent, hands, kept);
  const session = sessions(db, aside, recentSessions);
  const removed = removal(db, { events: recent, sessions: recentSessions }, expected);
  const timer = timers(db, aside);
  const source = sources(db, aside);
  const omitted = omittedBytes(db);
  const cron = crons(db, aside);
  const account = accounts(db, aside);
  const codes = signInCodes(db);
  const pulse = alive(db);

  async function read<T>(ask: () => T): Promise<T> {
    if (!db.isOpen) throw closedStore(path);
    try {
      undoLeftOpen(db);
      return ask();
    } catch (error) {
      throw storageFailure(error, path) ?? error;
    }
  }

  function append({ record, content, supersedes }: Extract<Write, { kind: "append" }>): WriteResult {
    const result =
      supersedes === undefined
        ? eventWriting.append(record, content)
        : eventWriting.supersede(record, content, supersedes);
    if (result.kind === "stored") omitted.stored(record);
    return result;
  }

  function apply(write: Write): WriteResult {
    switch (write.kind) {
      case "append":
        waiting.written();
        kept.written(write.record);
        depth.written();
        return append(write);
      case "event":
        waiting.written();
        kept.written(write.record);
        depth.written();
        return eventWriting.replace(write.record);
      case "empty": {
        const result = eventWriting.replace(write.record);
        if (result.kind === "stored") removed.empty(write.record);
        return result;
      }
      case "remove":
        return removed.remove(write.record);
      case "session":
        return session.put(write.record);
      case "cron":
        return cron.put(write.record);
      default:
        return write satisfies never;
    }
  }

  policies.begin();
  return {
    commit: (writes) => group.run(() => writes.map(apply)),
    event: (id) => read(() => event.event(id)),
    known: (of, sourceId, deliveryId) => read(() => known(of, sourceId, deliveryId)),
    content: (id) => read(() => event.content(id)),
    session: (of, id) => read(() => session.session(of, id)),
    claimOf: (of, holder) => read(() => lane.claimOf(of, holder)),
    heads: (of, name, limit, messages) => read(() => lane.heads(of, name, limit, messages)),
    isSorted: (of, name) => read(() => turns.isSorted(of, name)),
    turns: (queue, from, limit) => read(() => turns.turns(queue, from, limit)),
    waitingLike: (of, name, key) => read(() => places.waitingLike(of, name, key)),
    lookAhead(of, name) {
      // When what is being sent is on its way.
      setImmediate(() => {
        if (!db.isOpen) return;
        try {
          undoLeftOpen(db);
          // In which order sources have their turns is known to who asks.
          if (turns.has(of, name)) return;
          const [head] = lane.heads(of, name, 1);
          if (head !== undefined) event.expect(head.facts.id);
        } catch {
          // Whoever asks for it in earnest meets the same, and is told so.
        }
      });
    },
    waiting: (of, name, most) => read(() => waiting.waiting(of, name, most)),
    isFull: (of, name, most) => read(() => depth.isFull(of, name, most)),
    claims: () => read(() => lane.claims()),
    sessions: (of) => read(() => session.sessions(of)),
    gone: (until, limit) => read(() => session.gone(until, limit)),
    due: (until, limit) => read(() => timer.due(until, limit)),
    nextDue: () => read(() => timer.nextDue()),
    events: (of, filter) => read(() => listed.events(of, filter)),
    counts: (of, most) => read(() => listed.counts(of, most)),
    ended: (of, filter) => read(() => past.ended(of, filter)),
    unreplayed: (of, filter, most) => read(() => past.unreplayed(of, filter, most)),
    prompt: (id, chars) => read(() => past.prompt(id, chars)),

    putLane: (said) => policies.put(said),
    lane: (of, name) => read(() => settings.lane(of, name)),
    lanes: (of) => read(() => settings.lanes(of)),

    putSource: (record) => group.run(() => source.put(record)),
    source: (profileId, slug) => read(() => source.source(profileId, slug)),
    sources: (of) => read(() => source.sources(of)),
    sealedSecrets: () => read(() => source.sealedSecrets()),
    removeSource: (of, id) =>
      group.run(() => {
        const removed = source.remove(of, id);
        if (removed) omitted.forget(id);
        return removed;
      }),
    noteHeard: (id, at) => group.run(() => source.noteHeard(id, at)),
    omittedBytes: (sourceId) => read(() => omitted.of(sourceId)),
    droppedTypes: (sourceId, most) => read(() => event.droppedTypes(sourceId, most)),
    dropped: (sourceId, most) => read(() => event.dropped(sourceId, most)),

    cron: (of, id) => read(() => cron.cron(of, id)),
    crons: (of, after, limit) => read(() => cron.crons(of, after, limit)),
    countCrons: (of, most) => read(() => cron.count(of, most)),
    removeCron: (of, id) => group.run(() => cron.remove(of, id)),
    dueCrons: (until, limit, passed = 0) => read(() => cron.due(until, limit, passed)),
    nextCronDue: () => read(() => cron.nextDue()),
    cronsAhead: (moment, limit) => read(() => cron.ahead(moment, limit)),

    putAccount: (record) => group.run(() => account.putAccount(record)),
    accounts: () => read(() => account.accounts()),
    account: (id) => read(() => account.account(id)),
    accountByIdentity: (identity) => read(() => account.accountByIdentity(identity)),
    putSignInCode: (record, kept) => group.run(() => codes.put(record, kept)),
    removeSignInCodes: (of) => group.run(() => codes.removeAll(of)),
    takeSignInCode: (hash) => group.run(() => codes.take(hash)),
    putToken: (record) => group.run(() => account.putToken(record)),
    tokenByHash: (hash) => read(() => account.tokenByHash(hash)),
    changeToken: (record) => group.run(() => account.changeToken(record)),
    tokens: (owner) => read(() => account.tokens(owner)),
    removeToken: (owner, id) => group.run(() => account.removeToken(owner, id)),

    aliveAt: () => read(() => pulse.at()),
    noteAlive: (at) => group.run(() => pulse.note(at)),

    async close() {
      group.close();
      await quiet.close();
      if (!db.isOpen) return;
      // Truncates the WAL if it can; what it can't is found there when the file is opened again.
      try {
        db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      } catch (error) {
        if (storageFailure(error, path) === null) throw error;
      }
      db.close();
    },
  };
}

/** Its thread could not start, for want of open files or of memory: no reason to stop who still stores. */
function leftInWal(error: unknown, path: string): SignalboxError {
  return new SignalboxError(
    "unavailable",
    "store_not_written_back",
    `the store ${path} could not be written back from its log: ${reasonOf(error)}`,
    "Nothing is lost, and it is tried again; raise the limit of open files (ulimit -n) if it comes back",
    error,
  );
}

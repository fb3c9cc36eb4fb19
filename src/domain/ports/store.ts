/**
 * What is kept, behind one interface: SQLite for one node, MongoDB for many. `test/store/contract.ts` is what each
 * implementation must pass.
 *
 * Every write is atomic on one record, claim and timers included; a batch may be committed in part and in any order, so
 * each write has its own result and nothing may need them together. A write resolves only when it is on stable storage
 * (promise 1). Reads see every write that has resolved.
 *
 * A stored record that cannot be read is a `SignalboxError` (unavailable, `unreadable_record`) to who asks for that one;
 * a list leaves it out and goes on with the next.
 */
import type { Account, SignInCode, Token } from "../account.ts";
import type { CronRecord } from "../cron.ts";
import type { EventContent, EventRecord, EventState } from "../event.ts";
import type { Lane } from "../lane.ts";
import type { LaneSettings } from "../lane-settings.ts";
import type { Band } from "../order.ts";
import type { SessionRecord } from "../session.ts";
import type { Source } from "../source.ts";

export type Write =
  /**
   * A new event; the store gives `seq` (the record's is ignored). Unique: (account, source, delivery id), where no source
   * counts as one source, and dropped events stand outside; the id, so that an append may be tried again; and (account,
   * session of the claim), where it is handed over as it comes. The content of a dropped event is not kept.
   *
   * `supersedes`: a waiting event as its machine left it, superseded. The new one takes its `seq`, and so its place; the older gets
   * one that means nothing. Both are written or neither: `conflict` where the older has another `rev` by now, `duplicate` where
   * the new one is known. (A store that writes only one record at a time appends the newer where nobody claims it, then writes
   * the older, then lets the newer in; who finds the first step without the last one goes on from there.)
   */
  | { kind: "append"; record: EventRecord; content: EventContent; supersedes?: EventRecord }
  /** Replaces the actor of the event whose `rev` is the record's; its facts stay. Unique: (account, session of the claim). */
  | { kind: "event"; record: EventRecord }
  /** The same, and its content is not kept any more. */
  | { kind: "empty"; record: EventRecord }
  /**
   * Removes an event that has ended, with its content, or a session that is gone, whose `rev` is the record's. `conflict` also
   * where it has not ended or is not gone.
   */
  | { kind: "remove"; record: EventRecord | SessionRecord }
  /** Replaces the session whose `rev` is the record's; `rev` 0 makes it. */
  | { kind: "session"; record: SessionRecord }
  /** Replaces the cron whose `rev` is the record's; `rev` 0 makes it. It stays in its account. */
  | { kind: "cron"; record: CronRecord };

/** An event that is there already. */
export interface Known {
  id: string;
  state: EventState;
}

export type WriteResult =
  /** Stored with the next `rev`. */
  | { kind: "stored" }
  /** Promise 6: the delivery id, or the event's own id, is known; nothing was written. */
  | ({ kind: "duplicate" } & Known)
  /** Somebody else wrote first, or the session has another event in hand; nothing was written. */
  | { kind: "conflict" };

export interface EventFilter {
  states: readonly EventState[];
  lane?: Lane;
  /** Newest first: by when they ended, or else came in. */
  limit: number;
}

/** Which of those that have ended. */
export interface WhichEnded {
  /** Of `ENDED`. */
  states: readonly EventState[];
  lane?: Lane;
  /** The source's slug, the cron's label, the sender's tag. */
  from?: string;
  /** When it ended, both included. */
  since?: number;
  until?: number;
}

export interface EndedFilter extends WhichEnded {
  /** Without those that an event with the delivery id of their replay follows (`domain/replay.ts`). */
  unreplayed?: boolean;
  /** By when they ended, then by `seq`. */
  order: "newest" | "oldest";
  /** Only what stands behind this one in that order. */
  behind?: { endedAt: number; seq: number };
  limit: number;
}

export interface DroppedType {
  type: string;
  count: number;
}

/** Those of a lane that may be claimed, in one band: by anybody (null), or by the session that they are kept for. */
export interface Queue {
  account: string;
  lane: Lane;
  band: Band;
  keptFor: string | null;
}

export interface Store {
  /** One result for each write, in its order. Throws `SignalboxError` (unavailable) if storage fails; then any of them may or may not be stored. */
  commit(writes: readonly Write[]): Promise<WriteResult[]>;

  event(id: string): Promise<EventRecord | null>;
  /** The event that a second append with this delivery id would be a duplicate of. */
  known(account: string, sourceId: string | null, deliveryId: string): Promise<Known | null>;
  content(id: string): Promise<EventContent | null>;
  session(account: string, id: string): Promise<SessionRecord | null>;
  /** The event that the session has in hand. */
  claimOf(account: string, session: string): Promise<EventRecord | null>;
  /**
   * The first events of the lane that may be claimed, in order (promise 3): `limit` of those that are for anybody, and as many
   * of those that are kept for each session (`keptFor`), whether or not that is still there. `messages` false: without those that
   * sessions sent, for one that takes none.
   */
  heads(account: string, lane: Lane, limit: number, messages?: boolean): Promise<EventRecord[]>;
  /**
   * Whether `turns` knows all that waits in the lane. From the moment when the policy of a lane becomes round robin its store
   * sorts what waits there, some at a time; also one that was left in the midst of it, and begins again.
   */
  isSorted(account: string, lane: Lane): Promise<boolean>;
  /** Of a lane that is sorted: the first events of the queue by the name of their turn (`turnOf`), from `from` on, and by `seq`. */
  turns(queue: Queue, from: string, limit: number): Promise<EventRecord[]>;
  /** The last event with this coalesce key that is queued or scheduled in the lane. */
  waitingLike(account: string, lane: Lane, coalesceKey: string): Promise<EventRecord | null>;
  /** A hint, which changes nothing: the next claim in the lane will ask for its first event, and then for its content. */
  lookAhead(account: string, lane: Lane): void;
  /** How many events of the lane may be claimed, counted no further than `most`. */
  waiting(account: string, lane: Lane, most: number): Promise<number>;
  /** Whether so many events of the lane, or more, wait or are scheduled. */
  isFull(account: string, lane: Lane, depth: number): Promise<boolean>;
  /** Every event that is in a session's hands. Bounded by the number of sessions. */
  claims(): Promise<EventRecord[]>;
  /** Sessions that are online, deaf or away; one account's, or all. */
  sessions(account: string | null): Promise<SessionRecord[]>;
  /** Sessions of all accounts that have been gone since `until` or longer, the longest first. */
  gone(until: number, limit: number): Promise<SessionRecord[]>;
  /** Records with a timer due at `until` or before, earliest first. */
  due(until: number, limit: number): Promise<(EventRecord | SessionRecord)[]>;
  /** When the earliest timer of all is due; null: none is set. */
  nextDue(): Promise<number | null>;
  events(account: string, filter: EventFilter): Promise<EventRecord[]>;
  /** How many events of the account are in each state, each counted no further than `most`; without those that have none. */
  counts(account: string, most: number): Promise<Partial<Record<EventState, number>>>;
  /** What has ended. */
  ended(account: string, filter: EndedFilter): Promise<EventRecord[]>;
  /** How many of them have not been replayed, counted no further than `most`. */
  unreplayed(account: string, filter: WhichEnded, most: number): Promise<number>;
  /** The beginning of the event's prompt, without a look at its payload; null: it has none, or its content is not kept. */
  prompt(id: string, chars: number): Promise<string | null>;

  /** One record for each lane of which something is said; a plain one is forgotten. */
  putLane(settings: LaneSettings): Promise<void>;
  /** Null: nothing is said of it. */
  lane(account: string, lane: Lane): Promise<LaneSettings | null>;
  lanes(account: string): Promise<LaneSettings[]>;

  /** Unique: (account, slug); `conflict` if another source has the slug, or another account the source. */
  putSource(source: Source): Promise<"stored" | "conflict">;
  source(profileId: string, slug: string): Promise<Source | null>;
  sources(account: string): Promise<Source[]>;
  /** As they are stored, of all accounts, also of sources that can't be read; several may stand in one text. */
  sealedSecrets(): Promise<string[]>;
  /** Its provider was heard; the first time stays, whatever is put. */
  noteHeard(sourceId: string, at: number): Promise<void>;
  removeSource(account: string, id: string): Promise<boolean>;
  /** Events that this source dropped, counted no further than `most`. */
  dropped(sourceId: string, most: number): Promise<number>;
  /** The types of the newest `most` of them, the most frequent first. */
  droppedTypes(sourceId: string, most: number): Promise<DroppedType[]>;
  /** How much the routes of this source have left out of its payloads: the sum of its events' `omittedBytes`, kept beside them. */
  omittedBytes(sourceId: string): Promise<number>;

  cron(account: string, id: string): Promise<CronRecord | null>;
  /** The account's crons behind this id, in the order of their ids. */
  crons(account: string, after: string, limit: number): Promise<CronRecord[]>;
  /** How many crons the account has, counted no further than `most`. */
  countCrons(account: string, most: number): Promise<number>;
  removeCron(account: string, id: string): Promise<boolean>;
  /** Crons that are due at `until` or before, earliest first, behind the first `passed` of them. */
  dueCrons(until: number, limit: number, passed?: number): Promise<CronRecord[]>;
  /** When the first cron of all is due; null: none will be. */
  nextCronDue(): Promise<number | null>;
  /** Active crons whose next time was reckoned later than at `moment`, so by a clock that was set back since. */
  cronsAhead(moment: number, limit: number): Promise<CronRecord[]>;

  /** Unique: the profile id, and the identity where it has one. Throws `SignalboxError` (conflict) if another account has it. */
  putAccount(account: Account): Promise<void>;
  accounts(): Promise<Account[]>;
  account(id: string): Promise<Account | null>;
  accountByIdentity(identity: string): Promise<Account | null>;
  /**
   * Unique: the hash. Those that have expired at `now` are forgotten, whosever they are, and of its account's the oldest
   * beyond `most`.
   */
  putSignInCode(code: SignInCode, kept: { now: number; most: number }): Promise<void>;
  /** Removes it. Of all who ask for it, one is given it; null: it is not there (any more). */
  takeSignInCode(hash: string): Promise<SignInCode | null>;
  /** All of the account. */
  removeSignInCodes(account: string): Promise<void>;
  /** Unique: the hash. Throws `SignalboxError` (conflict) if another token has it, or another account the token. */
  putToken(token: Token): Promise<void>;
  tokenByHash(hash: string): Promise<Token | null>;
  /** Replaces a token that is there, in its account, and never brings back one that was removed; false: it is not there. */
  changeToken(token: Token): Promise<boolean>;
  /** The account's, the oldest first. */
  tokens(account: string): Promise<Token[]>;
  removeToken(account: string, id: string): Promise<boolean>;

  /** The last moment at which a server is known to have run on this store, Unix ms; null: never. */
  aliveAt(): Promise<number | null>;
  /** Notes that the server runs; need not be on stable storage at once. */
  noteAlive(at: number): Promise<void>;

  /** Stores what was asked for before, and nothing after; idempotent. */
  close(): Promise<void>;
}

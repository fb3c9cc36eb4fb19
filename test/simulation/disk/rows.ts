/**
 * The records of a simulated store, kept as copies that nobody can change, and the rules of the store's contract
 * (`src/domain/ports/store.ts`): revisions, unique claims, deliveries and names.
 */
import type { Account, SignInCode, Token } from "../../../src/domain/account.ts";
import type { CronRecord } from "../../../src/domain/cron.ts";
import type { EventContent, EventRecord } from "../../../src/domain/event.ts";
import type { LaneSettings } from "../../../src/domain/lane-settings.ts";
import type { EndedFilter, Write, WriteResult } from "../../../src/domain/ports/store.ts";
import { replayDeliveryId } from "../../../src/domain/replay.ts";
import type { SessionRecord } from "../../../src/domain/session.ts";
import type { Source } from "../../../src/domain/source.ts";
import { eventKeys, sessionKeys } from "../../../src/store/keys.ts";
import { type EventRow, EventRows } from "./event-rows.ts";
import { plain, shared } from "./plain.ts";

export interface SessionRow {
  keys: ReturnType<typeof sessionKeys>;
  seen: SessionRecord;
}

interface Ended {
  endedAt: number;
  seq: number;
}

/** When it ended, or else came in. */
export const momentOf = ({ keys, seen }: EventRow): number => keys.endedAt ?? seen.facts.receivedAt;

const placeOf = (row: EventRow): Ended => ({ endedAt: momentOf(row), seq: row.seen.seq });

/** Told of what a write has changed, at the instant at which it is on the disk. */
export interface Onlooker {
  /** `content`: of a new one. */
  eventWritten(before: EventRecord | null, after: EventRecord, content: EventContent | null): void;
  sessionWritten(before: SessionRecord | null, after: SessionRecord): void;
  /** It is kept no longer; or only that it came. */
  kept?(what: "removed" | "emptied", before: EventRecord): void;
  cronWritten(before: CronRecord | null, after: CronRecord): void;
}

export class Rows {
  readonly events = new EventRows();
  /** As they were when they were removed: for those who look on alone. */
  readonly removed = new Map<string, EventRow>();
  readonly sessions = new Map<string, SessionRow>();
  readonly crons = new Map<string, CronRecord>();
  readonly sources = new Map<string, Source>();
  /** By source. */
  readonly omittedBytes = new Map<string, number>();
  readonly lanes = new Map<string, LaneSettings>();
  readonly accounts = new Map<string, Account>();
  readonly tokens = new Map<string, Token>();
  /** By hash. */
  readonly codes = new Map<string, SignInCode>();
  aliveAt: number | null = null;
  /** What a power cut leaves of it. */
  aliveOnDisk: number | null = null;
  /** Counts what may have changed of events, sessions and lanes. */
  changes = 0;
  #seq = 0;
  readonly #onlooker: Onlooker;

  constructor(onlooker: Onlooker) {
    this.#onlooker = onlooker;
  }

  apply(write: Write): WriteResult {
    this.changes += 1;
    switch (write.kind) {
      case "append":
        return this.#append(write.record, write.content, write.supersedes);
      case "event":
        return this.#replace(write.record);
      case "empty":
        return this.#empty(write.record);
      case "remove":
        return this.#remove(write.record);
      case "session":
        return this.#session(write.record);
      case "cron":
        return this.#cron(write.record);
      default:
        return write satisfies never;
    }
  }

  waitingLike(account: string, lane: string, coalesceKey: string): EventRow | undefined {
    return [...this.events.values()]
      .filter(({ seen: { facts }, keys }) => {
        const waits = keys.state === "queued" || keys.state === "scheduled";
        return (
          waits &&
          facts.account === account &&
          facts.lane === lane &&
          facts.details?.coalesceKey === coalesceKey
        );
      })
      .sort((a, b) => b.seen.seq - a.seen.seq)[0];
  }

  /** What has ended, as `EndedFilter` asks. */
  ended(account: string, filter: EndedFilter): EventRow[] {
    const { states, lane, from, since = -Infinity, until = Infinity, behind, order, limit } = filter;
    const sign = order === "newest" ? -1 : 1;
    const compare = (a: Ended, b: Ended) => sign * (a.endedAt - b.endedAt || a.seq - b.seq);
    return this.events
      .inState(account, states)
      .filter(
        ({ seen: { facts } }) => facts.lane === (lane ?? facts.lane) && facts.from === (from ?? facts.from),
      )
      .filter((row) => momentOf(row) >= since && momentOf(row) <= until)
      .filter((row) => behind === undefined || compare(placeOf(row), behind) > 0)
      .filter((row) => filter.unreplayed !== true || !this.#isReplayed(row))
      .sort((a, b) => compare(placeOf(a), placeOf(b)))
      .slice(0, limit);
  }

  #isReplayed({ seen: { facts } }: EventRow): boolean {
    return [...this.events.values()].some(
      ({ seen, keys }) =>
        keys.state !== "dropped" &&
        seen.facts.account === facts.account &&
        seen.facts.sourceId === facts.sourceId &&
        seen.facts.deliveryId === replayDeliveryId(facts.id),
    );
  }

  #append(record: EventRecord, content: EventContent, supersedes: EventRecord | undefined): WriteResult {
    const { facts } = record;
    const keys = eventKeys(record);
    const known = this.#known(record, keys.state === "dropped");
    if (known !== null) {
      if (known.seen.facts.account !== facts.account) return { kind: "conflict" };
      return { kind: "duplicate", id: known.seen.facts.id, state: known.keys.state };
    }
    if (this.#isTaken(record)) return { kind: "conflict" };
    const older = supersedes === undefined ? undefined : this.events.get(supersedes.facts.id);
    if (supersedes !== undefined && !isSame(older, supersedes)) return { kind: "conflict" };
    this.#seq += 1;
    const kept = keys.state === "dropped" ? null : shared(content);
    this.#put(
      { ...record, facts: shared(facts), seq: older?.seen.seq ?? this.#seq, rev: record.rev + 1 },
      kept,
      null,
    );
    if (older !== undefined && supersedes !== undefined)
      this.#put({ ...supersedes, seq: this.#seq, rev: supersedes.rev + 1 }, older.content, older.seen);
    const omitted = facts.details?.omittedBytes;
    if (facts.sourceId !== null && omitted !== undefined)
      this.omittedBytes.set(facts.sourceId, (this.omittedBytes.get(facts.sourceId) ?? 0) + omitted);
    return { kind: "stored" };
  }

  #known({ facts }: EventRecord, dropped: boolean): EventRow | null {
    const same = this.events.get(facts.id);
    if (same !== undefined) return same;
    if (dropped || facts.deliveryId === null) return null;
    return this.known(facts.account, facts.sourceId, facts.deliveryId);
  }

  /** The row that has the delivery id. */
  known(account: string, sourceId: string | null, deliveryId: string): EventRow | null {
    for (const row of this.events.values()) {
      const { facts } = row.seen;
      if (row.keys.state === "dropped" || facts.account !== account || facts.sourceId !== sourceId) continue;
      if (facts.deliveryId === deliveryId) return row;
    }
    return null;
  }

  #replace(record: EventRecord, kept?: null): WriteResult {
    const row = this.events.get(record.facts.id);
    if (row === undefined || row.seen.facts.account !== record.facts.account) return { kind: "conflict" };
    if (row.seen.rev !== record.rev) return { kind: "conflict" };
    if (this.#isTaken(record)) return { kind: "conflict" };
    const { facts, seq } = row.seen;
    const content = kept === null ? null : row.content;
    this.#put({ kind: "event", facts, seq, actor: record.actor, rev: record.rev + 1 }, content, row.seen);
    return { kind: "stored" };
  }

  /** The session that is to have it has another event in hand. */
  #isTaken(record: EventRecord): boolean {
    const { claimedBy } = eventKeys(record);
    if (claimedBy === null) return false;
    const held = this.events.heldBy(record.facts.account, claimedBy);
    return held !== undefined && held.seen.facts.id !== record.facts.id;
  }

  #put(record: EventRecord, content: EventContent | null, before: EventRecord | null): void {
    const seen = plain(record);
    this.events.set(record.facts.id, { content, keys: eventKeys(seen), seen });
    this.#onlooker.eventWritten(before, seen, before === null ? content : null);
  }

  #empty(record: EventRecord): WriteResult {
    const row = this.events.get(record.facts.id);
    const result = this.#replace(record, null);
    if (result.kind === "stored" && row !== undefined) this.#onlooker.kept?.("emptied", row.seen);
    return result;
  }

  #remove(record: EventRecord | SessionRecord): WriteResult {
    if (record.kind === "session") {
      const key = `${record.account} ${record.id}`;
      const row = this.sessions.get(key);
      if (row?.seen.rev !== record.rev || row.keys.goneAt === null) return { kind: "conflict" };
      this.sessions.delete(key);
      return { kind: "stored" };
    }
    const { id, account } = record.facts;
    const row = this.events.get(id);
    if (row?.seen.rev !== record.rev || row.seen.facts.account !== account) return { kind: "conflict" };
    if (row.keys.endedAt === null) return { kind: "conflict" };
    this.events.delete(id);
    this.removed.set(id, row);
    this.#onlooker.kept?.("removed", row.seen);
    return { kind: "stored" };
  }

  #session(record: SessionRecord): WriteResult {
    const key = `${record.account} ${record.id}`;
    const row = this.sessions.get(key);
    if ((row?.seen.rev ?? 0) !== record.rev) return { kind: "conflict" };
    const seen = plain({ ...record, rev: record.rev + 1 });
    this.sessions.set(key, { keys: sessionKeys(seen), seen });
    this.#onlooker.sessionWritten(row?.seen ?? null, seen);
    return { kind: "stored" };
  }

  #cron(record: CronRecord): WriteResult {
    const before = this.crons.get(record.id);
    if ((before?.rev ?? 0) !== record.rev) return { kind: "conflict" };
    if (before !== undefined && before.account !== record.account) return { kind: "conflict" };
    const after = plain({ ...record, rev: record.rev + 1 });
    this.crons.set(record.id, after);
    this.#onlooker.cronWritten(before ?? null, after);
    return { kind: "stored" };
  }
}

/** The record was made of what stands in this row. */
const isSame = (row: EventRow | undefined, { facts, rev }: EventRecord): boolean =>
  row?.seen.facts.account === facts.account && row.seen.rev === rev;

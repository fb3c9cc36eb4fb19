/**
 * The records that one tick has touched, over the store: what the tick has changed is seen by its later steps, so that
 * an ack and the claim of the next event share a commit. All that a tick does to one actor is one write.
 */
import type { EventContent, EventRecord } from "../domain/event.ts";
import { isClaimable, keptFor } from "../domain/event.ts";
import type { Lane } from "../domain/lane.ts";
import { compare, placeOf } from "../domain/order.ts";
import type { Queue, Store, Write } from "../domain/ports/store.ts";
import type { SessionRecord } from "../domain/session.ts";
import { turnOf } from "../domain/turns.ts";
import { type ActorRecord, type Address, eventKey, keyOf, sessionKey } from "./address.ts";

/** Of what has no place in its lane yet: behind all that has one. */
const LAST = Number.MAX_SAFE_INTEGER;

export class UnitOfWork {
  readonly #store: Store;
  /** Changed in this tick, the last changed last: an ack is written before the claim that follows it. */
  readonly #changed = new Map<string, ActorRecord>();
  readonly #read = new Map<string, ActorRecord | null>();
  /** What sessions have in hand, as this tick leaves it; of those that it has met. */
  readonly #hands = new Map<string, EventRecord | null>();
  /** Of events that this tick brings into the store. */
  readonly #contents = new Map<string, EventContent>();

  constructor(store: Store) {
    this.#store = store;
  }

  async load(to: Address): Promise<ActorRecord | null> {
    switch (to.kind) {
      case "event": {
        const record = await this.#one(eventKey(to.id), () => this.#store.event(to.id));
        // Promise 9: an id of another account is an unknown id.
        return record?.kind === "event" && record.facts.account === to.account ? record : null;
      }
      case "session":
        return this.#one(sessionKey(to.account, to.id), () => this.#store.session(to.account, to.id));
      case "hand": {
        const record = await this.handOf(to.account, to.session);
        return to.event === undefined || record?.facts.id === to.event ? record : null;
      }
    }
  }

  /** The event that the session has in hand, as this tick leaves it. */
  async handOf(account: string, session: string): Promise<EventRecord | null> {
    const key = sessionKey(account, session);
    const known = this.#hands.get(key);
    if (known !== undefined) return known;
    const stored = await this.#store.claimOf(account, session);
    // Had this tick changed it, it would be known whose it is now.
    const inHand = stored === null ? null : this.#met(stored);
    this.#hands.set(key, inHand);
    return inHand;
  }

  /**
   * What may be claimed next in the lane, as this tick leaves it: the first for anybody, and the first kept for each session.
   * `messages` as the store has it.
   */
  async heads(account: string, lane: Lane, messages: boolean): Promise<EventRecord[]> {
    const touched = this.#touched(account, lane).filter(
      ({ facts }) => messages || facts.origin !== "message",
    );
    const untouched = await this.#firstUntouched(account, lane, messages);
    return firsts([...touched, ...untouched].sort((a, b) => compare(placeOf(a), placeOf(b))));
  }

  /** The store's first events that this tick has not changed; reads on only while it meets changed ones. */
  async #firstUntouched(account: string, lane: Lane, messages: boolean): Promise<EventRecord[]> {
    for (let limit = 1; ; limit *= 4) {
      const stored = await this.#store.heads(account, lane, limit, messages);
      const found = stored.filter((record) => !this.#changed.has(keyOf(record)));
      const kinds = countBy(stored);
      const known = countBy(found);
      // Of which there may be more than were asked for, with nothing but changed ones among those that came.
      const cutShort = [...kinds].some(([whose, count]) => count >= limit && !known.has(whose));
      if (!cutShort) return firsts(found).map((record) => this.#met(record));
    }
  }

  /** In a lane in which sources take turns: the first of the queue whose name is `from` or behind it, as this tick leaves it. */
  async firstFrom(queue: Queue, from: string): Promise<EventRecord | null> {
    const { account, lane, band } = queue;
    const touched = this.#touched(account, lane).filter(
      (record) =>
        placeOf(record).band === band && keptFor(record) === queue.keptFor && turnOf(record.facts) >= from,
    );
    const untouched = await this.#firstUntouchedFrom(queue, from);
    const all = untouched === null ? touched : [...touched, untouched];
    return all.toSorted(byTurn)[0] ?? null;
  }

  async #firstUntouchedFrom(queue: Queue, from: string): Promise<EventRecord | null> {
    for (let limit = 1; ; limit *= 4) {
      const stored = await this.#store.turns(queue, from, limit);
      const found = stored.find((record) => !this.#changed.has(keyOf(record)));
      if (found !== undefined) return this.#met(found);
      if (stored.length < limit) return null;
    }
  }

  /** What this tick has changed, and may be claimed. */
  #touched(account: string, lane: Lane): EventRecord[] {
    return [...this.#changed.values()].filter(
      (record): record is EventRecord =>
        record.kind === "event" &&
        record.facts.account === account &&
        record.facts.lane === lane &&
        isClaimable(record),
    );
  }

  /** A new event: stored with all that this tick does to it. */
  bring(record: EventRecord, content: EventContent): EventRecord {
    this.#contents.set(keyOf(record), content);
    return { ...record, seq: LAST };
  }

  put(record: ActorRecord): void {
    const key = keyOf(record);
    if (record.kind === "event") this.#pass(record);
    this.#changed.delete(key);
    this.#changed.set(key, record);
  }

  /** From the hands that had the event before into those that have it now. */
  #pass(record: EventRecord): void {
    const { account } = record.facts;
    const before = this.#changed.get(keyOf(record)) ?? this.#read.get(keyOf(record));
    const left = before?.kind === "event" ? holder(before) : null;
    if (left !== null) this.#hands.set(sessionKey(account, left), null);
    const taken = holder(record);
    if (taken !== null) this.#hands.set(sessionKey(account, taken), record);
  }

  /**
   * The records to write, in the order in which they were last changed; new events behind them, in the order in which they
   * came, whoever of them is claimed: the store gives them their places as they are written (promise 3).
   */
  changed(): readonly ActorRecord[] {
    const known = [...this.#changed].filter(([key]) => !this.#contents.has(key)).map(([, record]) => record);
    const arrived = [...this.#contents.keys()].flatMap((key) => this.#changed.get(key) ?? []);
    return [...known, ...arrived];
  }

  writeOf(record: EventRecord | SessionRecord): Write {
    const content = this.#contents.get(keyOf(record));
    if (record.kind === "session" || content === undefined) return writeOf(record);
    return { kind: "append", record, content };
  }

  /** A record that a listing has brought is not read again. */
  #met(record: EventRecord): EventRecord {
    this.#read.set(keyOf(record), record);
    return record;
  }

  async #one(key: string, read: () => Promise<ActorRecord | null>): Promise<ActorRecord | null> {
    const known = this.#changed.get(key) ?? this.#read.get(key);
    if (known !== undefined) return known;
    const record = await read();
    this.#read.set(key, record);
    return record;
  }
}

export const writeOf = (record: EventRecord | SessionRecord): Write =>
  record.kind === "event" ? { kind: "event", record } : { kind: "session", record };

const holder = (record: EventRecord): string | null => record.actor.context.claim?.session ?? null;

function byTurn(a: EventRecord, b: EventRecord): number {
  const [one, other] = [turnOf(a.facts), turnOf(b.facts)];
  return one < other ? -1 : one > other ? 1 : a.seq - b.seq;
}

/** Of those that are for anybody, and of those kept for each session, the one that comes first. */
function firsts(inOrder: readonly EventRecord[]): EventRecord[] {
  const seen = new Set<string | null>();
  return inOrder.filter((record) => {
    const whose = keptFor(record);
    if (seen.has(whose)) return false;
    seen.add(whose);
    return true;
  });
}

function countBy(records: readonly EventRecord[]): Map<string | null, number> {
  const counts = new Map<string | null, number>();
  for (const record of records) counts.set(keptFor(record), (counts.get(keptFor(record)) ?? 0) + 1);
  return counts;
}

/**
 * The records that one tick has touched, over the store: what the tick has changed is seen by its later steps, so that
 * an ack and the claim of the next event share a commit. All that a tick does to one actor is one write.
 */
import type { EventRecord } from "../domain/event.ts";
import { CLAIMABLE, eventState } from "../domain/event.ts";
import type { Lane } from "../domain/lane.ts";
import { bandOf, compare, type Place } from "../domain/order.ts";
import type { Store, Write } from "../domain/ports/store.ts";
import type { SessionRecord } from "../domain/session.ts";
import { type ActorRecord, type Address, eventKey, keyOf, sessionKey } from "./address.ts";

export class UnitOfWork {
  readonly #store: Store;
  /** Changed in this tick, the last changed last: an ack is written before the claim that follows it. */
  readonly #changed = new Map<string, ActorRecord>();
  readonly #read = new Map<string, ActorRecord | null>();

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
    for (const record of this.#changed.values()) {
      if (record.kind === "event" && record.facts.account === account && holder(record) === session)
        return record;
    }
    const stored = await this.#store.claimOf(account, session);
    if (stored === null || this.#changed.has(keyOf(stored))) return null;
    return stored;
  }

  /** The first event of the lane that may be claimed, as this tick leaves it. */
  async head(account: string, lane: Lane): Promise<EventRecord | null> {
    const touched = [...this.#changed.values()].filter(
      (record): record is EventRecord =>
        record.kind === "event" &&
        record.facts.account === account &&
        record.facts.lane === lane &&
        claimable(record),
    );
    const untouched = await this.#firstUntouched(account, lane);
    const [first] = [...touched, ...untouched].sort((a, b) => compare(placeOf(a), placeOf(b)));
    return first ?? null;
  }

  /** The store's first event that this tick has not changed; reads on only while it meets changed ones. */
  async #firstUntouched(account: string, lane: Lane): Promise<EventRecord[]> {
    for (let limit = 2; ; limit *= 4) {
      const stored = await this.#store.heads(account, lane, limit);
      const first = stored.find((record) => !this.#changed.has(keyOf(record)));
      if (first !== undefined) return [first];
      if (stored.length < limit) return [];
    }
  }

  put(record: ActorRecord): void {
    const key = keyOf(record);
    this.#changed.delete(key);
    this.#changed.set(key, record);
  }

  /** The records to write, in the order in which they were last changed. */
  changed(): readonly ActorRecord[] {
    return [...this.#changed.values()];
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

const claimable = (record: EventRecord): boolean => CLAIMABLE.includes(eventState(record));

function placeOf(record: EventRecord): Place {
  return { band: bandOf(record.facts.priority, eventState(record)), seq: record.seq };
}

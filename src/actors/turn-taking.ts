/**
 * Of several events of a lane whose policy is round robin, which is the next for a session (`domain/turns.ts`). Invariants:
 *
 *   R1  What leaves is the first of its source: of all of that source in its band that the session may be given.
 *   R2  Of what is for anybody, no source with something waiting is passed over twice by another, however many sessions take turns.
 *   R3  What is kept for a session (copies of a fan-out) is met on that session's own way round, which what it is given of the others
 *       moves on, too: neither keeps the other waiting for more than one round.
 *   R4  A turn counts as taken when the claim is stored, and then only.
 */
import { type EventRecord, keptFor } from "../domain/event.ts";
import { placeOf } from "../domain/order.ts";
import type { Queue } from "../domain/ports/store.ts";
import {
  advanced,
  BEHIND_MESSAGES,
  compareTurns,
  hasTurns,
  PEOPLE,
  type Rotation,
  searches,
  turnOf,
} from "../domain/turns.ts";
import { type Claimed, Rotations } from "./rotations.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

export interface Asking {
  session: string;
  /** It takes messages. */
  messages: boolean;
  /** It may be given the event. */
  isFor(event: EventRecord): Promise<boolean>;
}

/** What one tick does to the rotations. */
export class TurnTaking {
  readonly #work: UnitOfWork;
  readonly #rotations: Rotations;
  readonly #asOfNow: Rotations;
  readonly #chosen = new Map<string, Claimed>();
  readonly #claimed = new Map<string, Claimed>();

  constructor(work: UnitOfWork, rotations: Rotations) {
    this.#work = work;
    this.#rotations = rotations;
    this.#asOfNow = new Rotations(rotations);
  }

  /** `heads`: the first of each queue that the session may be given, first to last. */
  async next(heads: readonly EventRecord[], asking: Asking): Promise<EventRecord | null> {
    const [first] = heads;
    if (first === undefined || !hasTurns(placeOf(first).band)) return first ?? null;
    const { band } = placeOf(first);
    const rivals = heads.filter((head) => placeOf(head).band === band);
    const own = this.#asOfNow.own(queueOf(first), asking.session);
    let next: EventRecord | null = null;
    // Those for anybody first: the others must not leave before an older one of their source that is among them.
    for (const head of rivals.toSorted((a, b) => Number(isKept(a)) - Number(isKept(b)))) {
      const found: EventRecord | null = isKept(head)
        ? await this.#nextKept(head, own, next, asking)
        : await this.#first(queueOf(head), this.#asOfNow.shared(queueOf(head)), asking);
      if (found !== null && (next === null || comesBefore(found, next, own))) next = found;
    }
    const chosen = next ?? first;
    this.#chosen.set(chosen.facts.id, {
      queue: queueOf(chosen),
      turn: turnOf(chosen.facts),
      session: asking.session,
    });
    return chosen;
  }

  /** The session has been given it. */
  claimed({ facts: { id } }: EventRecord): void {
    const chosen = this.#chosen.get(id);
    if (chosen === undefined) return;
    this.#chosen.delete(id);
    this.#asOfNow.claimed(chosen);
    this.#claimed.set(id, chosen);
  }

  /** The tick's writes have resolved. */
  committed(isStored: (eventId: string) => boolean): void {
    for (const [id, claimed] of this.#claimed) if (isStored(id)) this.#rotations.claimed(claimed);
  }

  /** The first on the session's way round, unless that comes behind `best`, or behind an older one of its source. */
  async #nextKept(
    head: EventRecord,
    own: Rotation,
    best: EventRecord | null,
    asking: Asking,
  ): Promise<EventRecord | null> {
    let way = own;
    for (let passed: EventRecord | null = null; ; ) {
      const found: EventRecord | null = await this.#first(queueOf(head), way, asking);
      if (found === null || (passed !== null && !isBehind(found, passed, own))) return null;
      // Of what is kept for one that is there and takes no messages, others may have these alone; in that queue nothing stands before it.
      if (!(await asking.isFor(found))) return (await this.#hasOlder(head)) ? null : head;
      if (best === null || !(await this.#hasOlder(found))) return found;
      if (!comesBefore(found, best, own)) return null;
      passed = found;
      way = advanced(way, turnOf(found.facts));
    }
  }

  /** One for anybody, of the same source. */
  async #hasOlder(kept: EventRecord): Promise<boolean> {
    const turn = turnOf(kept.facts);
    const other = await this.#work.firstFrom({ ...queueOf(kept), keptFor: null }, turn);
    return other !== null && turnOf(other.facts) === turn && other.seq < kept.seq;
  }

  /** Whoever has something waiting in the queue and comes first. */
  async #first(queue: Queue, rotation: Rotation, { messages }: Asking): Promise<EventRecord | null> {
    for (const from of searches(rotation)) {
      const found = await this.#from(queue, from, messages);
      // People are found only where they are looked for, behind all others.
      if (found !== null && (turnOf(found.facts) === PEOPLE) === (from === PEOPLE)) return found;
    }
    return null;
  }

  async #from(queue: Queue, from: string, messages: boolean): Promise<EventRecord | null> {
    const found = await this.#work.firstFrom(queue, from);
    if (messages || found === null || found.facts.origin !== "message") return found;
    return this.#work.firstFrom(queue, BEHIND_MESSAGES);
  }
}

const isKept = (event: EventRecord): boolean => keptFor(event) !== null;

const isBehind = (a: EventRecord, b: EventRecord, rotation: Rotation): boolean =>
  compareTurns(turnOf(a.facts), turnOf(b.facts), rotation) > 0;

const comesBefore = (a: EventRecord, b: EventRecord, rotation: Rotation): boolean =>
  (compareTurns(turnOf(a.facts), turnOf(b.facts), rotation) || a.seq - b.seq) < 0;

const queueOf = (event: EventRecord): Queue => ({
  account: event.facts.account,
  lane: event.facts.lane,
  band: placeOf(event).band,
  keptFor: keptFor(event),
});

/**
 * A lane's events as a plain list, and the acts that are done to it and to a store alike. After each act both are asked
 * the same questions.
 */
import fc from "fast-check";
import { expect } from "vitest";
import type { EventRecord, EventState } from "../../src/domain/event.ts";
import { CLAIMABLE } from "../../src/domain/event.ts";
import { BANDS, bandOf, PRIORITIES, type Priority } from "../../src/domain/order.ts";
import { commitOne, idsOf, stored } from "./acts.ts";
import type { Box } from "./contract.ts";
import { acked, append, claimed, newEvent, returned, told } from "./records.ts";

interface Known {
  id: string;
  lane: string;
  priority: Priority;
  deliveryId: string | null;
  state: EventState;
  session: string | null;
  /** It has a coalesce key. */
  keyed?: boolean;
  /** The session in whose hands it was interrupted, until it is claimed again. */
  keptFor: string | null;
}

export interface Model {
  account: string;
  /** In the order of their arrival. */
  events: Known[];
}

export const newModel = (account: string): Model => ({ account, events: [] });

const LANES = ["tag:", "tag:a"];
const SESSIONS = ["s1", "s2", "s3"];

abstract class Act implements fc.AsyncCommand<Model, Box> {
  check(_model: Readonly<Model>): boolean {
    return true;
  }

  async run(model: Model, box: Box): Promise<void> {
    await this.act(model, box);
    await compare(model, box);
  }

  protected abstract act(model: Model, box: Box): Promise<void>;
}

class Append extends Act {
  readonly #facts: Pick<Known, "lane" | "priority" | "deliveryId">;

  constructor(facts: Pick<Known, "lane" | "priority" | "deliveryId">) {
    super();
    this.#facts = facts;
  }

  override async act(model: Model, { store }: Box): Promise<void> {
    const { lane, priority, deliveryId } = this.#facts;
    const record = newEvent({ account: model.account, lane, priority, deliveryId });
    const first = model.events.find((known) => deliveryId !== null && known.deliveryId === deliveryId);
    const result = await commitOne(store, append(record));
    if (first !== undefined) {
      expect(result).toEqual({ kind: "duplicate", id: first.id, state: first.state });
      return;
    }
    expect(result).toEqual({ kind: "stored" });
    model.events.push({ id: record.facts.id, ...this.#facts, state: "queued", session: null, keptFor: null });
  }

  override toString = () => `append ${JSON.stringify(this.#facts)}`;
}

/** In the place of what waits under the same key, as the services do it. */
class Supersede extends Act {
  readonly #lane: string;

  constructor(lane: string) {
    super();
    this.#lane = lane;
  }

  override async act(model: Model, { store }: Box): Promise<void> {
    const older = await store.waitingLike(model.account, this.#lane, "k");
    const known = model.events.findLast(
      ({ lane, state, keyed }) => lane === this.#lane && state === "queued" && keyed === true,
    );
    expect(older?.facts.id).toBe(known?.id);
    const facts = { lane: this.#lane, priority: "normal" as const, deliveryId: null };
    const record = newEvent({ account: model.account, ...facts, details: { coalesceKey: "k" } });
    const supersedes =
      older === null ? {} : { supersedes: told(older, { type: "supersede", by: record.facts.id }) };
    expect(await commitOne(store, { ...append(record), ...supersedes })).toEqual({ kind: "stored" });
    const mine: Known = {
      id: record.facts.id,
      ...facts,
      state: "queued",
      session: null,
      keptFor: null,
      keyed: true,
    };
    if (known === undefined) model.events.push(mine);
    else {
      // In its place; the older leaves the order.
      model.events.splice(model.events.indexOf(known), 1, mine);
      model.events.push({ ...known, state: "superseded" });
    }
  }

  override toString = () => `supersede in ${this.#lane}`;
}

/** The lane's head, for a session that may have its hands full. */
class Claim extends Act {
  readonly #lane: string;
  readonly #session: string;

  constructor(lane: string, session: string) {
    super();
    this.#lane = lane;
    this.#session = session;
  }

  override async act(model: Model, { store }: Box): Promise<void> {
    const [head] = waitingOf(model, this.#lane);
    if (head === undefined) return;
    const record = claimed(await stored(store, head.id), this.#session);
    const full = heldBy(model, this.#session) !== undefined;
    expect(await commitOne(store, { kind: "event", record })).toEqual({ kind: full ? "conflict" : "stored" });
    if (!full) Object.assign(head, { state: "dispatching", session: this.#session, keptFor: null });
    // Promise 4: what was claimed from this rev is not claimed from it again.
    expect(await commitOne(store, { kind: "event", record })).toEqual({ kind: "conflict" });
  }

  override toString = () => `claim ${this.#lane} for ${this.#session}`;
}

/** What a session does with the event in its hand. */
class Settle extends Act {
  readonly #session: string;
  readonly #end: "acked" | "returned" | "interrupted";

  constructor(session: string, end: "acked" | "returned" | "interrupted") {
    super();
    this.#session = session;
    this.#end = end;
  }

  override check(model: Readonly<Model>): boolean {
    return heldBy(model, this.#session) !== undefined;
  }

  override async act(model: Model, { store }: Box): Promise<void> {
    const held = heldBy(model, this.#session);
    if (held === undefined) return;
    const record = ENDS[this.#end](await stored(store, held.id));
    expect(await commitOne(store, { kind: "event", record })).toEqual({ kind: "stored" });
    const keptFor = this.#end === "interrupted" ? this.#session : null;
    Object.assign(held, { state: this.#end, session: null, keptFor });
  }

  override toString = () => `${this.#session}: ${this.#end}`;
}

const ENDS = {
  acked,
  returned,
  interrupted: (record: EventRecord) => told(record, { type: "interrupt" }),
};

class Reopen extends Act {
  override async act(_: Model, box: Box): Promise<void> {
    await box.reopen();
  }

  override toString = () => "reopen";
}

const lane = fc.constantFrom(...LANES);
const session = fc.constantFrom(...SESSIONS);
const facts = fc.record({
  lane,
  priority: fc.constantFrom(...PRIORITIES),
  deliveryId: fc.option(fc.constantFrom("d1", "d2", "d3"), { freq: 2 }),
});

export const commands = [
  facts.map((known) => new Append(known)),
  lane.map((where) => new Supersede(where)),
  fc.tuple(lane, session).map(([where, who]) => new Claim(where, who)),
  fc
    .tuple(session, fc.constantFrom("acked" as const, "returned" as const, "interrupted" as const))
    .map(([who, end]) => new Settle(who, end)),
  fc.constant(new Reopen()),
];

const heldBy = (model: Readonly<Model>, who: string): Known | undefined =>
  model.events.find((known) => known.session === who);

/** Promise 3, said again: a stable sort of the arrivals by band. */
function waitingOf(model: Readonly<Model>, where: string): Known[] {
  const rank = (known: Known) => BANDS.indexOf(bandOf(known.priority, known.state));
  return model.events
    .filter((known) => known.lane === where && CLAIMABLE.includes(known.state))
    .sort((a, b) => rank(a) - rank(b));
}

async function compare(model: Readonly<Model>, { store }: Box): Promise<void> {
  for (const where of LANES) {
    const waiting = waitingOf(model, where);
    expect(idsOf(await store.heads(model.account, where, 100))).toEqual(waiting.map(({ id }) => id));
    expect(idsOf(await store.heads(model.account, where, 1))).toEqual(
      waiting
        .filter((one, i) => waiting.findIndex(({ keptFor }) => keptFor === one.keptFor) === i)
        .map(({ id }) => id),
    );
    expect(await store.waiting(model.account, where, 100)).toBe(waiting.length);
  }
  for (const who of SESSIONS) {
    const inHand = await store.claimOf(model.account, who);
    expect(inHand?.facts.id).toBe(heldBy(model, who)?.id);
  }
  const counts: Partial<Record<EventState, number>> = {};
  for (const { state } of model.events) counts[state] = (counts[state] ?? 0) + 1;
  expect(await store.counts(model.account, 1_000)).toEqual(counts);
}

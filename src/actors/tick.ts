/** One tick of the host: the steps of what waits, one commit, and what may be done after it. */
import { limitsFor } from "../domain/deadlines.ts";
import { reasonOf, SignalboxError } from "../domain/errors.ts";
import { type EventRecord, eventState } from "../domain/event.ts";
import type { Lane } from "../domain/lane.ts";
import type { WriteResult } from "../domain/ports/store.ts";
import { type ActorRecord, type Address, keyOf, type Told } from "./address.ts";
import type { Effect } from "./effect.ts";
import type { HostParts } from "./host.ts";
import type { Answer, Letter, Reply } from "./letter.ts";
import { nextMatch } from "./matching.ts";
import { type Stepped, step, stepOfTimer } from "./step.ts";
import { stillMeant } from "./still-meant.ts";
import { UnitOfWork } from "./unit-of-work.ts";

/** A message whose write loses so often has met more than bad luck. */
const MOST_TRIES = 5;

/** Of events whose time is over; their own timers do the rest, or the next tick. */
const MOST_LAPSED = 100;

/** A lane that may have something for somebody. */
export interface LaneCall {
  account: string;
  lane: Lane;
  /** How often a claim in it has lost. */
  tries: number;
}

export interface TickDone {
  written: ActorRecord[];
  effects: Effect[];
  replies: { answer: Answer; reply: Reply }[];
  /** Letters whose write lost, or that a failing store has left: to be taken again. */
  again: Letter[];
  /** Lanes that must be looked at again. */
  lanes: LaneCall[];
  /** The store failed: who waited was told so. */
  failed: boolean;
}

/** What one letter did, until it is known whether it counts. */
interface Trace {
  letter: Letter;
  /** The actor after its step; null: there is no such actor. */
  record: ActorRecord | null;
  /** What it was told, where that changed it. */
  step: string | null;
  effects: readonly Effect[];
}

export async function runTick(parts: HostParts, letters: Letter[], lanes: LaneCall[]): Promise<TickDone> {
  try {
    await parts.spans.keep();
    const tick = new Tick(parts, lanes);
    for (const letter of letters) await tick.takeOrReject(letter);
    await tick.matchAll();
    return await tick.commit();
  } catch (error) {
    parts.log("error", "a tick failed; nothing of it was answered", { error: String(error) });
    for (const { answer } of letters) answer?.reject(error);
    // What nobody waits for would be forgotten. A bug or a damaged file, though, would only be met again, by all others too.
    const passes = isOutage(error);
    const again = passes ? letters.filter(({ answer }) => answer === null) : [];
    return { written: [], effects: [], replies: [], again, lanes: passes ? lanes : [], failed: true };
  }
}

class Tick {
  readonly #parts: HostParts;
  readonly #work: UnitOfWork;
  readonly #lanes = new Map<string, LaneCall>();
  readonly #traces: Trace[] = [];
  /** Events that were to be claimed, and were found to have expired. */
  #lapsed = 0;
  /** Lanes that are looked at in the next tick. */
  readonly #later: LaneCall[] = [];
  readonly #at: number;

  constructor(parts: HostParts, lanes: readonly LaneCall[]) {
    this.#parts = parts;
    this.#work = new UnitOfWork(parts.store);
    this.#at = parts.clock.now();
    for (const call of lanes) this.#lanes.set(`${call.account} ${call.lane}`, call);
  }

  /** A record that can't be read stops what is told to it, and nobody else. */
  async takeOrReject(letter: Letter): Promise<void> {
    try {
      await this.take(letter);
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      this.#traces.splice(
        this.#traces.findIndex((trace) => trace.letter === letter),
        1,
      );
      if (letter.answer !== null) letter.answer.reject(error);
      else this.#parts.log("error", "a message was not taken", { error: reasonOf(error) });
    }
  }

  async take(letter: Letter): Promise<void> {
    const trace: Trace = { letter, record: null, step: null, effects: [] };
    this.#traces.push(trace);
    switch (letter.kind) {
      case "beat":
        return;
      case "new":
        return this.#apply(trace, letter.stepped, "connect");
      case "arrival": {
        const record = this.#work.bring(letter.stepped.record, letter.content);
        return this.#apply(trace, { ...letter.stepped, record }, "append");
      }
      case "told": {
        const record = await this.#work.load(letter.told.to);
        if (record === null) return;
        const { message } = letter.told;
        return this.#apply(trace, step(record, { ...message, at: this.#at }), message.type);
      }
      case "timer": {
        const record = await this.#work.load(addressOf(letter.record));
        const stepped = record === null ? null : stepOfTimer(record, letter.timerId, this.#at);
        if (stepped !== null) await this.#apply(trace, stepped, letter.timerId);
      }
    }
  }

  /** Claims, lane by lane, until nothing waits or nobody is free. */
  async matchAll(): Promise<void> {
    for (const call of this.#lanes.values()) {
      const { account, lane } = call;
      try {
        while (this.#lapsed < MOST_LAPSED && (await this.#matchOne(call)));
        // The rest of what nobody wants any more must not hold up everybody else.
        if (this.#lapsed >= MOST_LAPSED) this.#later.push(call);
      } catch (error) {
        if (!isUnreadable(error)) throw error;
        this.#parts.log("error", "a lane can't be served", { account, lane, error: reasonOf(error) });
      }
    }
  }

  async #matchOne({ account, lane, tries }: LaneCall): Promise<boolean> {
    const match = await nextMatch(this.#work, this.#parts.roster, account, lane);
    if (match === null) return false;
    const told: Told = {
      to: { kind: "event", account, id: match.event.facts.id },
      message: {
        type: "claim",
        ...match.ready,
        limits: limitsFor(this.#parts.limits, match.event.facts.details),
      },
    };
    await this.take({ kind: "told", told, tries, answer: null });
    if ((await this.#work.handOf(account, match.ready.session)) !== null) return true;
    if (await this.#hasLapsed(told)) return true;
    throw new Error(`event ${match.event.facts.id} waits in its lane but refuses to be claimed`);
  }

  /** Nobody wants it any more: the next one is looked for. */
  async #hasLapsed({ to }: Told): Promise<boolean> {
    const record = await this.#work.load(to);
    const lapsed = record?.kind === "event" && eventState(record) === "lapsed";
    if (lapsed) this.#lapsed += 1;
    return lapsed;
  }

  async commit(): Promise<TickDone> {
    const changed = this.#work.changed();
    const writes = changed.map((record) => this.#work.writeOf(record));
    const results = writes.length === 0 ? [] : await this.#parts.store.commit(writes);
    const lost = new Map<string, WriteResult | undefined>();
    for (const [i, record] of changed.entries()) {
      if (results[i]?.kind !== "stored") lost.set(keyOf(record), results[i]);
    }
    const lanes = [...this.#later];
    const done: TickDone = { written: [], effects: [], replies: [], again: [], lanes, failed: false };
    done.written = changed.filter((record) => !lost.has(keyOf(record)));
    for (const trace of this.#traces) this.#conclude(trace, lost, done);
    done.effects = stillMeant(done.effects, done.written);
    return done;
  }

  #conclude(trace: Trace, lost: ReadonlyMap<string, WriteResult | undefined>, done: TickDone): void {
    const { letter, record, effects } = trace;
    const result = record === null ? undefined : lost.get(keyOf(record));
    if (letter.kind === "arrival" && result?.kind === "duplicate") {
      done.replies.push({ answer: letter.answer, reply: result });
      return;
    }
    // Also an answer that changed nothing may speak of what an earlier step of this tick changed.
    if (record !== null && lost.has(keyOf(record))) {
      // That an event was known already says nothing of the lane: what waits there must not be given up for it.
      const tries = letter.tries + (result?.kind === "duplicate" ? 0 : 1);
      if (tries < MOST_TRIES) {
        // A claim is chosen anew: who was free may have something in hand by now, or be gone.
        if (isClaim(letter) && record.kind === "event") done.lanes.push({ ...placeOf(record), tries });
        else done.again.push({ ...letter, tries });
        return;
      }
      this.#parts.log("error", "a write lost too often", { actor: keyOf(record) });
      letter.answer?.reject(
        new SignalboxError("unavailable", "lost_too_often", "the record changes too fast", "Try again"),
      );
      return;
    }
    done.effects.push(...effects);
    if (record !== null && trace.step !== null) this.#parts.inspection.publish(record, trace.step);
    const reply: Reply = record === null ? { kind: "unknown" } : { kind: "stepped", record, effects };
    if (letter.answer !== null) done.replies.push({ answer: letter.answer, reply });
  }

  async #apply(trace: Trace, stepped: Stepped, what: string): Promise<void> {
    trace.record = stepped.record;
    trace.effects = stepped.effects;
    if (!stepped.changed) return;
    trace.step = what;
    this.#work.put(stepped.record);
    for (const effect of stepped.effects) await this.#within(effect);
  }

  /** Effects that stay inside: they are steps of the same tick, and share its commit. */
  async #within(effect: Effect): Promise<void> {
    switch (effect.kind) {
      case "offer":
      case "release":
        return this.#free(effect.record.facts.account, effect.record.facts.lane);
      case "able":
        return this.#free(effect.record.account, effect.record.actor.context.lane);
      case "miss": {
        const { account, id } = effect.record.facts;
        const { session, delivery } = effect.claim;
        // A frame that never came through says something of the link and nothing of the session (promise 13).
        if (!this.#parts.roster.reached(account, session, id, delivery)) return;
        const told: Told = {
          to: { kind: "session", account, id: session },
          message: { type: "miss", kind: effect.miss, hooks: effect.claim.hooks },
        };
        return this.take({ kind: "told", told, tries: 0, answer: null });
      }
      default:
        return;
    }
  }

  #free(account: string, lane: Lane): void {
    const key = `${account} ${lane}`;
    if (!this.#lanes.has(key)) this.#lanes.set(key, { account, lane, tries: 0 });
  }
}

const isClaim = (letter: Letter): boolean => letter.kind === "told" && letter.told.message.type === "claim";

const placeOf = ({ facts: { account, lane } }: EventRecord) => ({ account, lane });

const isOutage = (error: unknown): boolean =>
  error instanceof SignalboxError && error.kind === "unavailable" && error.code !== "store_corrupt";

/** The store names the record; what stands in it helps nobody. */
const isUnreadable = (error: unknown): boolean =>
  error instanceof SignalboxError && error.code === "unreadable_record";

const addressOf = (record: ActorRecord): Address =>
  record.kind === "event"
    ? { kind: "event", account: record.facts.account, id: record.facts.id }
    : { kind: "session", account: record.account, id: record.id };

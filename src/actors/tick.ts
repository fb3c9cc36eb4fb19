/** One tick of the host: the steps of what waits, one commit, and what may be done after it. */
import { limitsFor } from "../domain/deadlines.ts";
import { reasonOf, SignalboxError } from "../domain/errors.ts";
import { type EventRecord, eventState } from "../domain/event.ts";
import type { Lane } from "../domain/lane.ts";
import { isExpired } from "../domain/machines/event-changes.ts";
import type { Limits } from "../domain/machines/limits.ts";
import type { WriteResult } from "../domain/ports/store.ts";
import { type ActorRecord, type Address, type EventTold, eventKey, keyOf, type Told } from "./address.ts";
import { conclude, type LaneCall, type TickDone, type Trace } from "./conclusion.ts";
import type { Effect } from "./effect.ts";
import type { HostParts } from "./host.ts";
import type { Letter } from "./letter.ts";
import { type Match, Matching } from "./matching.ts";
import type { Memory } from "./memory.ts";
import type { Pressing } from "./pressing.ts";
import { type Stepped, step, stepOfTimer } from "./step.ts";
import { stillMeant } from "./still-meant.ts";
import { TurnTaking } from "./turn-taking.ts";
import { UnitOfWork } from "./unit-of-work.ts";

/** Of events whose time is over; their own timers do the rest, or the next tick. */
const MOST_LAPSED = 100;

export async function runTick(
  parts: HostParts,
  memory: Memory,
  letters: Letter[],
  lanes: LaneCall[],
): Promise<TickDone> {
  const tick = new Tick(parts, memory, lanes);
  try {
    await parts.spans.keep();
    tick.begin();
    for (const letter of letters) await tick.takeOrReject(letter);
    await tick.matchAll();
    return await tick.commit();
  } catch (error) {
    parts.log("error", "a tick failed; nothing of it was answered", { error: String(error) });
    for (const { answer } of letters) answer?.reject(error);
    // What nobody waits for would be forgotten. A bug or a damaged file, though, would only be met again, by all others too.
    const passes = isOutage(error);
    const again = passes ? letters.filter(({ answer }) => answer === null) : [];
    // The store may have kept some of it all the same: whom it would have served is looked for.
    const looked = passes ? tick.lookedAt() : [];
    return { written: [], effects: [], replies: [], again, lanes: looked, failed: true };
  }
}

class Tick {
  readonly #parts: HostParts;
  readonly #work: UnitOfWork;
  readonly #turns: TurnTaking;
  readonly #matching: Matching;
  readonly #pressing: Pressing;
  readonly #lanes = new Map<string, LaneCall>();
  readonly #traces: Trace[] = [];
  /** Events that were to be claimed, and were found to have expired. */
  #lapsed = 0;
  /** Lanes that are looked at in the next tick. */
  readonly #later: LaneCall[] = [];
  #at = 0;

  constructor(parts: HostParts, { pressing, rotations }: Memory, lanes: readonly LaneCall[]) {
    this.#parts = parts;
    this.#pressing = pressing;
    this.#work = new UnitOfWork(parts.store);
    this.#turns = new TurnTaking(this.#work, rotations);
    this.#matching = new Matching(this.#work, this.#turns, parts);
    for (const call of lanes) this.#lanes.set(`${call.account} ${call.lane}`, call);
  }

  /** The spans are kept: time is what the clock says now. */
  begin(): void {
    this.#at = this.#parts.clock.now();
  }

  lookedAt(): LaneCall[] {
    return [...this.#lanes.values()];
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

  async #matchOne({ account, lane, tries, urgent }: LaneCall): Promise<boolean> {
    const isUrgent = urgent || this.#pressing.has(account, lane);
    const match = await this.#matching.next(account, lane, isUrgent);
    if (match.kind === "none") {
      if (isUrgent) this.#pressing.set(account, lane, match.pressing);
      return false;
    }
    const { event, ready } = match;
    // What nobody wants any more stops nothing: its claim lets it lapse.
    const stopped = match.kind === "stop" && !isExpired(event.actor.context, this.#at) ? match.running : null;
    if (stopped !== null) await this.#tell(stopped, { type: "interrupt" }, tries);
    await this.#tell(event, claimFor(match, limitsFor(this.#parts.limits, event.facts.details)), tries);
    const claimed = await this.#work.load({ kind: "event", account, id: event.facts.id });
    if (claimed?.kind === "event" && claimed.actor.context.claim?.session === ready.session) {
      this.#turns.claimed(event);
      return true;
    }
    if (await this.#hasLapsed(event)) return true;
    throw new Error(`event ${event.facts.id} waits in its lane but refuses to be claimed`);
  }

  #tell({ facts: { account, id } }: EventRecord, message: EventTold, tries: number): Promise<void> {
    return this.take({
      kind: "told",
      told: { to: { kind: "event", account, id }, message },
      tries,
      answer: null,
    });
  }

  /** Nobody wants it any more: the next one is looked for. */
  async #hasLapsed({ facts: { account, id } }: EventRecord): Promise<boolean> {
    const record = await this.#work.load({ kind: "event", account, id });
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
    this.#turns.committed((id) => !lost.has(eventKey(id)));
    const lanes = [...this.#later];
    const done: TickDone = { written: [], effects: [], replies: [], again: [], lanes, failed: false };
    done.written = changed.filter((record) => !lost.has(keyOf(record)));
    for (const trace of this.#traces) conclude(trace, lost, done, this.#parts);
    done.effects = stillMeant(done.effects, done.written);
    return done;
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
        return this.#look(effect.record, effect.record.facts.priority === "interrupt");
      case "release":
        return this.#look(effect.record, false);
      case "runs":
        if (this.#pressing.has(effect.record.facts.account, effect.record.facts.lane))
          this.#look(effect.record, true);
        return;
      case "able":
        return this.#lookAt(effect.record.account, effect.record.actor.context.lane, false);
      case "vacate":
        // Also an interrupt may have been kept for it, and stops somebody else now.
        return this.#lookAt(effect.record.account, effect.lane, true);
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

  #look({ facts: { account, lane } }: EventRecord, urgent: boolean): void {
    this.#lookAt(account, lane, urgent);
  }

  #lookAt(account: string, lane: Lane, urgent: boolean): void {
    const key = `${account} ${lane}`;
    const known = this.#lanes.get(key);
    if (known === undefined) this.#lanes.set(key, { account, lane, tries: 0, urgent });
    else known.urgent ||= urgent;
  }
}

const claimFor = ({ ready, ...match }: Exclude<Match, { kind: "none" }>, limits: Limits): EventTold => {
  const { session, epoch, hooks } = ready;
  const busy = match.kind === "stop" && "busy" in ready && ready.busy;
  return { type: "claim", session, epoch, hooks, busy, limits };
};

const isOutage = (error: unknown): boolean =>
  error instanceof SignalboxError && error.kind === "unavailable" && error.code !== "store_corrupt";

/** The store names the record; what stands in it helps nobody. */
const isUnreadable = (error: unknown): boolean =>
  error instanceof SignalboxError && error.code === "unreadable_record";

const addressOf = (record: ActorRecord): Address =>
  record.kind === "event"
    ? { kind: "event", account: record.facts.account, id: record.facts.id }
    : { kind: "session", account: record.account, id: record.id };

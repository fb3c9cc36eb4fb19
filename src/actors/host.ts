/**
 * The durable host. It takes the messages that wait together, runs their steps, commits the records in one store batch,
 * and only then performs the effects and answers (promises 1, 4). Invariants:
 *
 *   H1  An effect or an answer is given only after the write of the record that it speaks of has resolved.
 *   H2  Between ticks no record is held: the store is the only memory (promise 8).
 *   H3  A tick runs alone. What arrives meanwhile waits for the next one.
 *   H4  A write that lost (conflict) drops its effects and takes its messages again; a store that failed rejects those
 *       that somebody waits for, and takes the others again when it is well. Either way they keep their place.
 */
import { SignalboxError } from "../domain/errors.ts";
import type { Lane } from "../domain/lane.ts";
import type { Limits } from "../domain/machines/limits.ts";
import type { Clock, Timer } from "../domain/ports/clock.ts";
import type { Store, WriteResult } from "../domain/ports/store.ts";
import type { ActorRecord, Told } from "./address.ts";
import { Arrivals } from "./arrivals.ts";
import type { Effect, Performer } from "./effect.ts";
import type { Inspection } from "./inspection.ts";
import { LaneCalls } from "./lane-calls.ts";
import type { Answer, Letter, Reply } from "./letter.ts";
import { Mailbox } from "./mailbox.ts";
import type { LaneBook, Roster } from "./matching.ts";
import type { Memory } from "./memory.ts";
import { Pressing } from "./pressing.ts";
import { Rotations } from "./rotations.ts";
import type { Spans } from "./spans.ts";
import type { Stepped } from "./step.ts";
import { type NewEvent, storeNew } from "./store-new.ts";
import { runTick } from "./tick.ts";

export interface HostParts {
  store: Store;
  clock: Clock;
  roster: Roster;
  lanes: LaneBook;
  performer: Performer;
  inspection: Inspection;
  spans: Spans;
  limits: Limits;
  /** Told of a store that fails, of a lost write: with ids, without content. */
  log(level: "warn" | "error", message: string, fields: Record<string, unknown>): void;
}

/** How long a host waits for a store that failed. */
const PAUSE_MS = 500;

export class Host {
  readonly #parts: HostParts;
  readonly #arrivals: Arrivals;
  readonly #mailbox = new Mailbox();
  readonly #lanes = new LaneCalls();
  readonly #memory: Memory;
  #running: Promise<void> | null = null;
  #effects: Promise<void> = Promise.resolve();
  #onWritten: (dueAt: number) => void = () => {};
  #pause: Timer | null = null;
  #stopped = false;

  constructor(parts: HostParts) {
    this.#parts = parts;
    this.#arrivals = new Arrivals(parts.roster);
    this.#memory = { pressing: new Pressing(parts.roster), rotations: new Rotations() };
  }

  /** Called with the earliest timer of what a tick wrote. */
  onWritten(listener: (dueAt: number) => void): void {
    this.#onWritten = listener;
  }

  /** Sends the messages, in order; resolves when all are stored and their effects are under way. */
  ask(...all: readonly Told[]): Promise<Reply[]> {
    return this.#post(all.map((told) => (answer) => ({ kind: "told", told, tries: 0, answer })));
  }

  /** Sends and forgets: it is stored as soon as the store can. */
  tell(...all: readonly Told[]): void {
    for (const told of all) this.#mailbox.put({ kind: "told", told, tries: 0, answer: null });
    this.#wake();
  }

  /** Stores an actor's first record, and what follows in the same tick. */
  bring(stepped: Stepped, ...rest: readonly Told[]): Promise<Reply[]> {
    return this.#post([
      (answer) => ({ kind: "new", stepped, tries: 0, answer }),
      ...rest.map(
        (told) =>
          (answer: Answer): Letter => ({ kind: "told", told, tries: 0, answer }),
      ),
    ]);
  }

  /** Stores a new event. */
  append(event: NewEvent): Promise<WriteResult> {
    const { account, lane } = event.stepped.record.facts;
    // Whose place it takes waits because nobody is free for it.
    if (event.superseded !== undefined) return this.#store(event);
    return this.#arrivals.take(account, lane, this.#pause !== null, (way) =>
      way === "tick" ? this.#bring(event) : this.#store(event),
    );
  }

  async #bring({ stepped, content }: NewEvent): Promise<WriteResult> {
    const [reply] = await this.#post([(answer) => ({ kind: "arrival", stepped, content, tries: 0, answer })]);
    return reply?.kind === "duplicate" || reply?.kind === "conflict" ? reply : { kind: "stored" };
  }

  /** Ahead of those that come while the host waits for its store. */
  #sendStraight(): void {
    for (const { stepped, content, answer } of this.#mailbox.takeArrivals()) {
      this.#store({ stepped, content }).then(
        (result) =>
          answer.resolve(
            result.kind === "stored" ? { kind: "stepped", record: stepped.record, effects: [] } : result,
          ),
        (error: unknown) => answer.reject(error),
      );
    }
  }

  async #store(event: NewEvent): Promise<WriteResult> {
    const { record } = event.stepped;
    const { account, lane, priority } = record.facts;
    let result: WriteResult | null = null;
    try {
      result = await storeNew(this.#parts, event);
      return result;
    } finally {
      // What a failing store has kept all the same nobody else would look for; nor, an interrupt, where all are at work.
      if (result === null || result.kind === "stored") {
        this.#written([record]);
        this.match(account, lane);
      }
      if (priority === "interrupt" && this.#parts.roster.serves(account, lane)) this.look(account, lane);
    }
  }

  /** A timer of a record has come due; resolves when its step is stored. */
  async ring(record: ActorRecord, timerId: string): Promise<void> {
    await this.#post([(answer) => ({ kind: "timer", record, timerId, tries: 0, answer })]);
  }

  /** Runs a tick, though nothing may wait for one: it keeps the spans. */
  async beat(): Promise<void> {
    await this.#post([(answer) => ({ kind: "beat", tries: 0, answer })]);
  }

  /** Somebody may be free, or something may be waiting, in this lane. */
  match(account: string, lane: Lane): void {
    if (this.#memory.pressing.has(account, lane)) this.look(account, lane);
    else if (this.#parts.roster.ready(account, lane).length > 0) this.#callLane(account, lane, false);
  }

  /** The same, also where nobody is free: an interrupt may be waiting. */
  look(account: string, lane: Lane): void {
    this.#callLane(account, lane, true);
  }

  #callLane(account: string, lane: Lane, urgent: boolean): void {
    this.#lanes.call(account, lane, urgent);
    this.#wake();
  }

  /** Resolves when everything that was sent before is stored and performed, or waits for a store that failed. */
  async idle(): Promise<void> {
    do {
      while (this.#running !== null) await this.#running;
      // What performing them has found out may start it again.
      await this.#effects;
    } while (this.#running !== null);
  }

  /** Takes nothing more; resolves when what was taken is done, or rejected because the store fails. */
  async stop(): Promise<void> {
    await this.idle();
    this.#stopped = true;
    this.#pause?.cancel();
    for (const { answer } of this.#mailbox.takeAll()) answer?.reject(leaving());
  }

  async #post(letters: readonly ((answer: Answer) => Letter)[]): Promise<Reply[]> {
    if (this.#stopped && letters.length > 0) throw leaving();
    const replies = letters.map(
      (letter) => new Promise<Reply>((resolve, reject) => this.#mailbox.put(letter({ resolve, reject }))),
    );
    this.#wake();
    return Promise.all(replies);
  }

  get #hasWork(): boolean {
    return !this.#mailbox.isEmpty || !this.#lanes.isEmpty;
  }

  #wake(): void {
    if (this.#running !== null || this.#pause !== null || this.#stopped) return;
    this.#running = this.#run().finally(() => {
      this.#running = null;
      if (this.#hasWork) this.#wake();
    });
  }

  async #run(): Promise<void> {
    while (this.#hasWork) {
      // One turn of the event loop lets what arrives together be taken together.
      await Promise.resolve();
      const letters = this.#mailbox.forTick();
      const done = await runTick(this.#parts, this.#memory, letters, this.#lanes.takeAll());
      this.#putBack(done.again);
      for (const call of done.lanes) this.#lanes.callAgain(call);
      this.#written(done.written);
      if (done.effects.length > 0) this.#perform(done.effects);
      for (const { answer, reply } of done.replies) answer.resolve(reply);
      if (done.failed) {
        this.#pause = this.#parts.clock.setTimer(PAUSE_MS, () => {
          this.#pause = null;
          this.#wake();
        });
        this.#sendStraight();
        return;
      }
    }
  }

  #putBack(letters: readonly Letter[]): void {
    const dropped = this.#mailbox.putBack(letters);
    if (dropped.length === 0) return;
    const fields = { messages: dropped.length };
    this.#parts.log("error", "the store fails for too long; what sessions said is lost", fields);
    for (const { answer } of dropped) answer?.reject(overfull());
  }

  /** Effects keep the order of the commits that they follow. */
  #perform(effects: readonly Effect[]): void {
    this.#effects = this.#effects.then(async () => {
      this.tell(...(await this.#parts.performer.perform(effects)));
      this.#lookAhead(effects);
    });
  }

  /** While the session is busy with what it was given, the store can read what comes next. */
  #lookAhead(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.kind !== "deliver") continue;
      this.#parts.store.lookAhead(effect.record.facts.account, effect.record.facts.lane);
    }
  }

  #written(records: readonly ActorRecord[]): void {
    const due = records.flatMap((record) => record.actor.timers.map((timer) => timer.dueAt));
    if (due.length > 0) this.#onWritten(Math.min(...due));
  }
}

const leaving = (): SignalboxError =>
  new SignalboxError("unavailable", "leaving", "the server is leaving", "Try again when it is back");

const overfull = (): SignalboxError =>
  new SignalboxError("unavailable", "overfull", "too much waits for the store", "Try again later");

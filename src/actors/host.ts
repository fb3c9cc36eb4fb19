/**
 * The durable host. It takes the messages that wait together, runs their steps, commits the records in one store batch,
 * and only then performs the effects and answers (promises 1, 4). Invariants:
 *
 *   H1  An effect or an answer is given only after the write of the record that it speaks of has resolved.
 *   H2  Between ticks no record is held: the store is the only memory (promise 8).
 *   H3  A tick runs alone. What arrives meanwhile waits for the next one.
 *   H4  A write that lost (conflict) drops its effects and sends its messages again; a store that failed rejects them.
 */
import type { EventContent, EventRecord } from "../domain/event.ts";
import type { Lane } from "../domain/lane.ts";
import type { Limits } from "../domain/machines/limits.ts";
import type { Clock, Timer } from "../domain/ports/clock.ts";
import type { Store, WriteResult } from "../domain/ports/store.ts";
import type { ActorRecord, Told } from "./address.ts";
import type { Effect, Performer } from "./effect.ts";
import type { Inspection } from "./inspection.ts";
import type { Roster } from "./matching.ts";
import type { Stepped } from "./step.ts";
import { runTick } from "./tick.ts";

/** What became of a message. `unknown`: there is no such actor in this account. */
export type Reply =
  | { kind: "stepped"; record: ActorRecord; effects: readonly Effect[] }
  | { kind: "unknown" };

/** A message in the mailbox. */
export type Letter =
  | { kind: "told"; told: Told; tries: number; answer: Answer | null }
  | { kind: "timer"; record: ActorRecord; timerId: string; tries: number; answer: null }
  /** A record that is not stored yet, such as a session's first. */
  | { kind: "new"; stepped: Stepped; tries: number; answer: Answer | null };

export interface Answer {
  resolve(reply: Reply): void;
  reject(error: unknown): void;
}

export interface HostParts {
  store: Store;
  clock: Clock;
  roster: Roster;
  performer: Performer;
  inspection: Inspection;
  limits: Limits;
  /** Told of a store that fails, of a lost write: with ids, without content. */
  log(level: "warn" | "error", message: string, fields: Record<string, unknown>): void;
}

/** Steps of one tick: enough to share a commit well, few enough to answer soon. */
const LETTERS_A_TICK = 256;

/** How long a host waits for a store that failed. */
const PAUSE_MS = 500;

export class Host {
  readonly #parts: HostParts;
  readonly #mailbox: Letter[] = [];
  readonly #lanes = new Map<string, { account: string; lane: Lane }>();
  #running: Promise<void> | null = null;
  #effects: Promise<void> = Promise.resolve();
  #onWritten: (dueAt: number | null) => void = () => {};
  #pause: Timer | null = null;
  #stopped = false;

  constructor(parts: HostParts) {
    this.#parts = parts;
  }

  /** Called with the earliest timer of what a tick wrote. */
  onWritten(listener: (dueAt: number | null) => void): void {
    this.#onWritten = listener;
  }

  /** Sends the messages, in order; resolves when all are stored and their effects are under way. */
  ask(...all: readonly Told[]): Promise<Reply[]> {
    return this.#post(all.map((told) => (answer) => ({ kind: "told", told, tries: 0, answer })));
  }

  /** Sends and forgets; what fails is mended by a deadline. */
  tell(...all: readonly Told[]): void {
    this.ask(...all).catch((error: unknown) =>
      this.#parts.log("warn", "a message was not taken", { error: String(error) }),
    );
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

  /** Stores a new event. Needs no tick: nobody else knows it yet. */
  async append(stepped: Stepped<EventRecord>, content: EventContent): Promise<WriteResult> {
    const [result] = await this.#parts.store.commit([{ kind: "append", record: stepped.record, content }]);
    if (result === undefined) throw new Error("the store gave no result for one write");
    if (result.kind === "stored") {
      this.#parts.inspection.publish(stepped.record, "append");
      this.#written([stepped.record]);
      this.match(stepped.record.facts.account, stepped.record.facts.lane);
    }
    return result;
  }

  /** A timer of a record has come due. */
  ring(record: ActorRecord, timerId: string): void {
    this.#mailbox.push({ kind: "timer", record, timerId, tries: 0, answer: null });
    this.#wake();
  }

  /** Somebody may be free, or something may be waiting, in this lane. */
  match(account: string, lane: Lane): void {
    if (this.#parts.roster.ready(account, lane).length === 0) return;
    this.#lanes.set(`${account} ${lane}`, { account, lane });
    this.#wake();
  }

  /** Resolves when everything that was sent before is stored and performed. */
  async idle(): Promise<void> {
    while (this.#running !== null) await this.#running;
    await this.#effects;
  }

  /** Takes nothing more; resolves when what was taken is done. */
  async stop(): Promise<void> {
    await this.idle();
    this.#stopped = true;
    this.#pause?.cancel();
  }

  async #post(letters: readonly ((answer: Answer) => Letter)[]): Promise<Reply[]> {
    const replies = letters.map(
      (letter) => new Promise<Reply>((resolve, reject) => this.#mailbox.push(letter({ resolve, reject }))),
    );
    this.#wake();
    return Promise.all(replies);
  }

  #wake(): void {
    if (this.#running !== null || this.#pause !== null || this.#stopped) return;
    this.#running = this.#run().finally(() => {
      this.#running = null;
      if (this.#mailbox.length + this.#lanes.size > 0) this.#wake();
    });
  }

  async #run(): Promise<void> {
    while (this.#mailbox.length > 0 || this.#lanes.size > 0) {
      // One turn of the event loop lets what arrives together be taken together.
      await Promise.resolve();
      const letters = this.#mailbox.splice(0, LETTERS_A_TICK);
      const lanes = [...this.#lanes.values()];
      this.#lanes.clear();
      const done = await runTick(this.#parts, letters, lanes);
      this.#mailbox.push(...done.again);
      for (const lane of done.lanes) this.#lanes.set(`${lane.account} ${lane.lane}`, lane);
      this.#written(done.written);
      if (done.effects.length > 0) this.#perform(done.effects);
      for (const { answer, reply } of done.replies) answer.resolve(reply);
      if (done.failed) {
        this.#pause = this.#parts.clock.setTimer(PAUSE_MS, () => {
          this.#pause = null;
          this.#wake();
        });
        return;
      }
    }
  }

  /** Effects keep the order of the commits that they follow. */
  #perform(effects: readonly Effect[]): void {
    this.#effects = this.#effects.then(() => this.#parts.performer.perform(effects));
  }

  #written(records: readonly ActorRecord[]): void {
    const due = records.flatMap((record) => record.actor.timers.map((timer) => timer.dueAt));
    if (due.length > 0) this.#onWritten(Math.min(...due));
  }
}

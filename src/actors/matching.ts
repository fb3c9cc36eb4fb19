/**
 * Brings what waits in a lane together with a session that would take it now. One event in the hands of a session, one
 * session to an event (promise 2), the lane's order (promise 3), and nothing to a deaf session (promise 13). To a session
 * that takes no messages they are not there: it is given what stands behind them. An interrupt that finds nobody free is
 * brought together with a session that works. Where the lane's policy is round robin, sources take turns (`turn-taking.ts`).
 */
import { type EventRecord, eventState, keptFor } from "../domain/event.ts";
import type { Lane } from "../domain/lane.ts";
import type { SessionContext } from "../domain/machines/session.ts";
import { isThere, sessionState } from "../domain/session.ts";
import type { TurnTaking } from "./turn-taking.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

/** A session that is connected here and would take an event now. */
export interface Ready {
  session: string;
  epoch: number;
  hooks: boolean;
}

/** A session that is connected here, and into which an interrupt would come now, whatever it is doing. */
export interface Interruptible extends Ready {
  /** A turn is running. */
  busy: boolean;
}

/** Who is connected; kept in memory, and asked at every match. */
export interface Roster {
  /** Those that would take an event now; who has been so for longest comes first. */
  ready(account: string, lane: Lane): readonly Ready[];
  interruptible(account: string, lane: Lane): readonly Interruptible[];
  /** Anybody serves the lane. */
  serves(account: string, lane: Lane): boolean;
  /** The delivery is known to have come through to the session's plugin, on the stream that it has now. */
  reached(account: string, session: string, eventId: string, delivery: number): boolean;
}

/** What is said of lanes. */
export interface LaneBook {
  /** Nothing of it is handed over, whatever its band. */
  isPaused(account: string, lane: Lane): Promise<boolean>;
  /** Its sources take turns. */
  takesTurns(account: string, lane: Lane): Promise<boolean>;
}

export type Match =
  | { kind: "free"; event: EventRecord; ready: Ready }
  /** `running` has to make room for the interrupt; null: the session's turn runs without an event. */
  | { kind: "stop"; event: EventRecord; ready: Interruptible; running: EventRecord | null }
  /** `pressing`: an interrupt waits, and nothing can be stopped for it yet. */
  | { kind: "none"; pressing: boolean };

const NOTHING: Match = { kind: "none", pressing: false };

export class Matching {
  readonly #work: UnitOfWork;
  readonly #roster: Roster;
  readonly #lanes: LaneBook;
  readonly #turns: TurnTaking;

  constructor(work: UnitOfWork, turns: TurnTaking, { roster, lanes }: { roster: Roster; lanes: LaneBook }) {
    this.#work = work;
    this.#turns = turns;
    this.#roster = roster;
    this.#lanes = lanes;
  }

  /** The next match of the lane. `urgent`: an interrupt may be waiting there. */
  async next(account: string, lane: Lane, urgent: boolean): Promise<Match> {
    if (await this.#lanes.isPaused(account, lane)) return NOTHING;
    for (const ready of this.#roster.ready(account, lane)) {
      const able = await this.#able(account, ready);
      if (able === null || (await this.#work.handOf(account, ready.session)) !== null) continue;
      const heads = await this.#work.heads(account, lane, able.messaging);
      const event = await this.#nextOf(heads, ready.session, able);
      if (event !== null) return { kind: "free", event, ready };
      // Nobody else would be given more.
      if (heads.length === 0 && able.messaging) return NOTHING;
    }
    return urgent ? this.#interrupts(account, lane) : NOTHING;
  }

  /** In their order: who can't stop anything doesn't keep the next one from it, which may be for another session. */
  async #interrupts(account: string, lane: Lane): Promise<Match> {
    const waiting = (await this.#work.heads(account, lane, true)).filter(isInterrupt);
    // Behind a message may stand one for a session that takes no messages.
    if (waiting.some(isMessage)) {
      const others = (await this.#work.heads(account, lane, false)).filter(isInterrupt);
      waiting.push(...others.filter(({ facts }) => !waiting.some((known) => known.facts.id === facts.id)));
    }
    for (const event of waiting) {
      const stop = await this.#stopFor(event);
      if (stop !== null) return stop;
    }
    return { kind: "none", pressing: waiting.length > 0 };
  }

  /** The event that runs for longest; where none runs, a turn that runs without one. */
  async #stopFor(event: EventRecord): Promise<Match | null> {
    const { account, lane } = event.facts;
    let oldest: { ready: Interruptible; running: EventRecord } | null = null;
    let turn: Interruptible | null = null;
    for (const ready of this.#roster.interruptible(account, lane)) {
      const able = await this.#able(account, ready);
      if (able === null || !takes(able, event) || !(await this.#isFor(event, ready.session))) continue;
      const running = await this.#work.handOf(account, ready.session);
      if (running === null) {
        if (ready.busy) turn ??= ready;
      } else if (
        isStoppable(running, ready) &&
        (oldest === null || runsSince(running) < runsSince(oldest.running))
      )
        oldest = { ready, running };
    }
    if (oldest !== null) return { kind: "stop", event, ...oldest };
    return turn === null ? null : { kind: "stop", event, ready: turn, running: null };
  }

  async #nextOf(
    heads: readonly EventRecord[],
    session: string,
    { messaging: messages }: SessionContext,
  ): Promise<EventRecord | null> {
    const [first] = heads;
    if (first === undefined) return null;
    const takesTurns = await this.#lanes.takesTurns(first.facts.account, first.facts.lane);
    const isFor = (event: EventRecord) => this.#isFor(event, session);
    const mine: EventRecord[] = [];
    for (const event of heads) {
      if (!(await isFor(event))) continue;
      if (!takesTurns) return event;
      mine.push(event);
    }
    return this.#turns.next(mine, { session, messages, isFor });
  }

  /** What is kept for a session is for anybody once that is gone: its own record says so, and nothing else has to. */
  async #isFor(event: EventRecord, session: string): Promise<boolean> {
    const owner = keptFor(event);
    if (owner === null || owner === session) return true;
    const record = await this.#work.load({ kind: "session", account: event.facts.account, id: owner });
    if (record?.kind !== "session" || !isThere(record, event.facts.lane)) return true;
    return !takes(record.actor.context, event);
  }

  /** Null: it is not to be trusted with an event. */
  async #able(account: string, { session }: Ready): Promise<SessionContext | null> {
    const record = await this.#work.load({ kind: "session", account, id: session });
    return record?.kind === "session" && sessionState(record) === "online" ? record.actor.context : null;
  }
}

const isMessage = ({ facts }: EventRecord): boolean => facts.origin === "message";

const takes = ({ messaging }: SessionContext, event: EventRecord): boolean => messaging || !isMessage(event);

const isInterrupt = ({ facts }: EventRecord): boolean => facts.priority === "interrupt";

/** In the conversation, on the stream that is there now; interrupts don't interrupt each other. */
const isStoppable = (running: EventRecord, { epoch }: Ready): boolean =>
  !isInterrupt(running) &&
  eventState(running) === "delivered" &&
  running.actor.context.claim?.epoch === epoch;

const runsSince = ({ actor }: EventRecord): number => actor.context.deliveredAt;

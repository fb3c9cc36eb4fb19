/**
 * One step of one actor, pure: record and message in, next record and effects out. A delayed transition comes back from
 * XState as a delayed raise and is kept in the record, where it survives everything (promise 7). No state is written but
 * by this (promise 11).
 */
import type { AnyMachineSnapshot, AnyStateMachine } from "xstate";
import type { EventFacts, EventRecord, EventState } from "../domain/event.ts";
import {
  type ActorState,
  dotted,
  isExpiry,
  outermost,
  type StateValue,
  type StoredTimer,
} from "../domain/machines/actor-state.ts";
import {
  type EventContext,
  type EventInput,
  type EventMessage,
  eventMachine,
} from "../domain/machines/event.ts";
import type { Limits } from "../domain/machines/limits.ts";
import { type SessionContext, type SessionFace, sessionMachine } from "../domain/machines/session.ts";
import type { SessionRecord } from "../domain/session.ts";
import type { ActorRecord } from "./address.ts";
import type { Effect } from "./effect.ts";
import { eventEffect, sessionEffect } from "./effects-of.ts";
import { type Action, advance, begin } from "./transitions.ts";

export interface Stepped<R extends ActorRecord = ActorRecord> {
  record: R;
  effects: Effect[];
  /** False: the message meant nothing here, and nothing has to be written. */
  changed: boolean;
}

type Message = { type: string; at: number };

/** An event's first state. Its record is not stored yet. */
export function birth(
  facts: EventFacts,
  input: Omit<EventInput, "expiry">,
  now: number,
): Stepped<EventRecord> {
  const { expiresAt: at, addressee } = facts.details ?? {};
  const own = {
    ...(at !== undefined && { expiry: { now, at } }),
    ...(addressee !== undefined && { addressee }),
  };
  const { actor, actions } = newborn(facts.details === null ? input : { ...input, ...own }, now);
  const record: EventRecord = { kind: "event", facts, seq: 0, actor, rev: 0 };
  return { record, effects: effectsOf(record, actions), changed: true };
}

interface Newborn {
  actor: ActorState<EventContext>;
  actions: readonly Action[];
}

/**
 * What the machine makes of a birth without timers depends on its input alone, and thousands of events a second are born of
 * the same one: the machine is asked once (promise 11), and they share what it said. Few, because limits, births and
 * reasons are few.
 */
const newborns = new WeakMap<Limits, Map<string, Newborn>>();

function newborn(input: EventInput, now: number): Newborn {
  const { birth, reason, limits, delayMs } = input;
  const known = newborns.get(limits) ?? new Map<string, Newborn>();
  newborns.set(limits, known);
  const key = `${birth} ${reason}`;
  const timeless = delayMs === 0 && input.expiry === undefined && input.addressee === undefined;
  const like = timeless ? known.get(key) : undefined;
  if (like !== undefined) return like;
  const [snapshot, actions] = begin(eventMachine, input);
  const born = { actor: settled<EventContext>(snapshot, actions, [], now), actions };
  if (timeless && born.actor.timers.length === 0) known.set(key, frozen(born));
  return born;
}

/** Whoever has it shares it: a step makes anew what it changes. */
function frozen<T extends Newborn>(born: T): T {
  for (const part of [born.actor, born.actor.context, born.actor.timers, born.actions]) Object.freeze(part);
  return born;
}

/** A session that was never seen before. */
export function arrival(account: string, id: string, face: SessionFace, now: number): Stepped<SessionRecord> {
  const [snapshot, actions] = begin(sessionMachine, { ...face, at: now });
  const actor = settled<SessionContext>(snapshot, actions, [], now);
  const record: SessionRecord = { kind: "session", account, id, actor, rev: 0 };
  return { record, effects: effectsOf(record, actions), changed: true };
}

/** What the message makes of the actor. */
export function step(record: ActorRecord, message: Message): Stepped {
  return record.kind === "event"
    ? stepOf(eventMachine, record, message)
    : stepOf(sessionMachine, record, message);
}

/** The same, of an event that is not in a tick. */
export function eventStep(record: EventRecord, message: EventMessage): Stepped<EventRecord> {
  const stepped = stepOf(eventMachine, record, message);
  if (stepped.record.kind !== "event") throw new Error(`event ${record.facts.id} has become something else`);
  return { ...stepped, record: stepped.record };
}

/** The step of a timer, if the record still has it; null: it was cancelled or set anew meanwhile. */
export function stepOfTimer(record: ActorRecord, timerId: string, now: number): Stepped | null {
  const timer = record.actor.timers.find(({ id }) => id === timerId);
  if (timer === undefined || timer.dueAt > now) return null;
  const timers = record.actor.timers.filter(({ id }) => id !== timerId);
  const stepped = step(withTimers(record, timers), { ...timer.event, at: now });
  return { ...stepped, changed: true };
}

function stepOf(machine: AnyStateMachine, record: ActorRecord, message: Message): Stepped {
  const { value, context, timers } = record.actor;
  const before = snapshots.get(record.actor) ?? machine.resolveState({ value, context });
  const [after, actions] = advance(machine, before, message);
  if (actions.length === 0 && after.context === context && sameValue(after.value, value)) {
    return { record, effects: [], changed: false };
  }
  const next = withActor(record, settled(after, actions, timers, message.at));
  return { record: next, effects: effectsOf(next, actions), changed: true };
}

/** As the machine left them; what comes from the store has to be resolved. */
const snapshots = new WeakMap<ActorState<unknown>, AnyMachineSnapshot>();

const sameValue = (a: StateValue, b: StateValue): boolean => dotted(a) === dotted(b);

function effectsOf(record: ActorRecord, actions: readonly Action[]): Effect[] {
  return record.kind === "event"
    ? actions.flatMap((action) => eventEffect(record, action))
    : actions.flatMap((action) => sessionEffect(record, action));
}

const WAITS: readonly string[] = ["scheduled", "queued", "interrupted"] satisfies EventState[];

/** The snapshot as it is stored, with the timers that the actions set and cancel. */
function settled<C>(
  snapshot: AnyMachineSnapshot,
  actions: readonly Action[],
  timers: readonly StoredTimer[],
  now: number,
): ActorState<C> {
  const running = new Map(timers.map((timer) => [timer.id, timer]));
  // What waits follows the wall clock; every deadline of a holder is a span.
  const waits = WAITS.includes(outermost(snapshot.value));
  for (const { type, params } of actions) {
    if (type === "xstate.cancel") running.delete((params as { sendId: string }).sendId);
    if (type === "xstate.raise") {
      const raise = params as { id: string; delay: number; event: { type: string } };
      // What may take for ever needs no timer.
      if (raise.delay === Number.POSITIVE_INFINITY) continue;
      const runs = waits || isExpiry(raise) ? "wall" : "span";
      running.set(raise.id, { id: raise.id, event: raise.event, dueAt: now + raise.delay, runs });
    }
  }
  const { value, context } = snapshot;
  const actor: ActorState<C> = { version: 1, value, context, timers: [...running.values()] };
  snapshots.set(actor, snapshot);
  return actor;
}

function withActor(record: ActorRecord, actor: ActorState<unknown>): ActorRecord {
  // The machine that made the state fixes its context's type; the record's kind names the machine.
  return { ...record, actor } as ActorRecord;
}

const withTimers = (record: ActorRecord, timers: StoredTimer[]): ActorRecord =>
  withActor(record, { ...record.actor, timers });

/** Moves every span of the actor by `byMs`: the server was down, or the clock jumped (promise 7). */
export function shiftSpans(record: ActorRecord, byMs: number): ActorRecord {
  const timers = record.actor.timers.map((timer) =>
    timer.runs === "span" ? { ...timer, dueAt: timer.dueAt + byMs } : timer,
  );
  if (record.kind === "session") return withTimers(record, timers);
  const context = shiftMemory(record.actor.context, byMs);
  return { ...record, actor: { ...record.actor, context, timers } };
}

/** What an event remembers of the spans of its holder. */
function shiftMemory(context: EventContext, byMs: number): EventContext {
  const { claim, deliveredAt, lifeAt, toolUntil, extendedUntil } = context;
  if (claim === null) return context;
  const graceUntil = claim.graceUntil === null ? null : claim.graceUntil + byMs;
  return {
    ...context,
    claim: { ...claim, graceUntil },
    deliveredAt: deliveredAt === 0 ? 0 : deliveredAt + byMs,
    lifeAt: lifeAt + byMs,
    toolUntil: toolUntil === 0 ? 0 : toolUntil + byMs,
    extendedUntil: extendedUntil === 0 ? 0 : extendedUntil + byMs,
  };
}

/**
 * Records for the tests of stores, made by the real machines: a store never sees a state that no machine has made.
 * Messages are told at `AT` unless they say otherwise.
 */
import { initialTransition, transition } from "xstate";
import { z } from "zod";
import type { EventContent, EventFacts, EventRecord } from "../../src/domain/event.ts";
import { laneOfTag } from "../../src/domain/lane.ts";
import type { ActorState, StateValue, StoredTimer } from "../../src/domain/machines/actor-state.ts";
import { type EventInput, type EventMessage, eventMachine } from "../../src/domain/machines/event.ts";
import type { Limits } from "../../src/domain/machines/limits.ts";
import { type SessionMessage, sessionMachine } from "../../src/domain/machines/session.ts";
import type { Write } from "../../src/domain/ports/store.ts";
import type { SessionRecord } from "../../src/domain/session.ts";

export const AT = 1_800_000_000_000;
export const ACCOUNT = "acc_0000000000000000000000000a";
export const OTHER_ACCOUNT = "acc_0000000000000000000000000b";
export const LANE = laneOfTag("deploys");

export const LIMITS: Limits = {
  surfaceMs: 10_000,
  takeMs: 120_000,
  remindMs: 120_000,
  timeoutMs: 300_000,
  blindTimeoutMs: 1_800_000,
  toolMs: 900_000,
  holdMs: 3_600_000,
  graceMs: 60_000,
  retryMs: 30_000,
  maxAttempts: 5,
};

let made = 0;

/** An id whose order is not that of its making: an id is never an order. */
export function newId(prefix: "evt" | "src" | "tok" | "acc" | "cron"): string {
  const count = (++made).toString().padStart(8, "0");
  return `${prefix}_${[...count].reverse().join("")}${"0".repeat(18)}`;
}

export function newEvent(facts: Partial<EventFacts> = {}, input: Partial<EventInput> = {}): EventRecord {
  const [snapshot, actions] = initialTransition(eventMachine, {
    birth: "queued",
    reason: null,
    limits: LIMITS,
    delayMs: 0,
    ...input,
  });
  const all: EventFacts = {
    id: newId("evt"),
    account: ACCOUNT,
    lane: LANE,
    origin: "webhook",
    priority: "normal",
    from: "github",
    sourceId: "src_00000000000000000000000001",
    type: "push",
    verifiedBy: "github",
    deliveryId: null,
    receivedAt: AT,
    bytes: 2,
    details: null,
    ...facts,
  };
  return { kind: "event", facts: all, seq: 0, actor: stored(snapshot, actions, [], AT), rev: 0 };
}

export const newContent = (payload = "{}"): EventContent => ({
  prompt: "/review",
  contentType: "application/json",
  payload,
  marker: "7f3c9a2e",
});

export const append = (record: EventRecord, content = newContent()): Write => ({
  kind: "append",
  record,
  content,
});

type Untimed<M> = M extends { at: number } ? Omit<M, "at"> & { at?: number } : never;

/** The record after its machine was told this. */
export function told(record: EventRecord, message: Untimed<EventMessage>): EventRecord {
  const timed: EventMessage = { at: AT, ...message };
  const { value, context, timers } = record.actor;
  const before = eventMachine.resolveState({ value, context });
  const [after, actions] = transition(eventMachine, before, timed);
  return { ...record, actor: stored(after, actions, timers, timed.at) };
}

export const claimed = (record: EventRecord, session: string): EventRecord =>
  told(record, { type: "claim", session, epoch: 1, hooks: true, limits: LIMITS });

export const acked = (record: EventRecord): EventRecord =>
  told(record, {
    type: "ack",
    delivery: record.actor.context.delivery,
    outcome: "done",
    summary: "merged",
    retryAfterMs: null,
  });

export const returned = (record: EventRecord): EventRecord => told(record, { type: "leave" });

export function newSession(id: string, over: { account?: string; lane?: string } = {}): SessionRecord {
  const [snapshot, actions] = initialTransition(sessionMachine, {
    at: AT,
    lane: over.lane ?? LANE,
    instance: `instance of ${id}`,
    client: "claude-code",
    project: "box",
    entrypoint: "cli",
    pluginVersion: "1.0.0",
    messaging: true,
    graceMs: LIMITS.graceMs,
  });
  const actor = stored(snapshot, actions, [], AT);
  return { kind: "session", account: over.account ?? ACCOUNT, id, actor, rev: 0 };
}

export function sessionTold(record: SessionRecord, message: SessionMessage): SessionRecord {
  const { value, context, timers } = record.actor;
  const before = sessionMachine.resolveState({ value, context });
  const [after, actions] = transition(sessionMachine, before, message);
  return { ...record, actor: stored(after, actions, timers, message.at) };
}

/** The session after its grace was over: told as its own timer says. */
export function goneSession(id: string): SessionRecord {
  const away = sessionTold(newSession(id), { type: "lost", at: AT });
  const { value, context, timers } = away.actor;
  const [timer] = timers;
  if (timer === undefined) throw new Error("a session that is away has a timer");
  const [after, actions] = transition(
    sessionMachine,
    sessionMachine.resolveState({ value, context }),
    // The machine's type does not list the events of its own timers.
    timer.event as SessionMessage,
  );
  return { ...away, actor: stored(after, actions, [], AT) };
}

const Raise = z.looseObject({
  type: z.literal("xstate.raise"),
  params: z.looseObject({ id: z.string(), delay: z.number(), event: z.looseObject({ type: z.string() }) }),
});
const Cancel = z.looseObject({
  type: z.literal("xstate.cancel"),
  params: z.looseObject({ sendId: z.string() }),
});

/** As it is stored: a delayed raise has become a timer. */
function stored<Context>(
  snapshot: { value: StateValue; context: Context },
  actions: readonly unknown[],
  timers: readonly StoredTimer[],
  at: number,
): ActorState<Context> {
  const running = new Map(timers.map((timer) => [timer.id, timer]));
  for (const action of actions) {
    const cancel = Cancel.safeParse(action).data;
    if (cancel !== undefined) running.delete(cancel.params.sendId);
    const raise = Raise.safeParse(action).data;
    if (raise === undefined) continue;
    const { id, delay, event } = raise.params;
    if (delay === Number.POSITIVE_INFINITY) continue;
    running.set(id, { id, event, dueAt: at + delay, runs: snapshot.value === "scheduled" ? "wall" : "span" });
  }
  return {
    version: 1,
    value: snapshot.value,
    context: snapshot.context,
    timers: [...running.values()],
  };
}

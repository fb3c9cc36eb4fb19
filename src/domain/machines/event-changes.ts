/** How an event's memory changes with what is told to it: the assignments of `event.ts`, by name. */
import type { EventContext, EventMessage } from "./event-words.ts";

interface Step {
  context: EventContext;
  event: EventMessage;
}
type Change = Partial<EventContext>;

export function takeClaim({ context, event }: Step): Change {
  if (event.type !== "claim") return {};
  const delivery = context.delivery + 1;
  const { session, epoch, hooks, busy = false } = event;
  return {
    delivery,
    limits: event.limits,
    claim: { session, epoch, delivery, graceUntil: null, hooks, surfaced: false, busy },
    keptFor: null,
    again: null,
    lifeAt: event.at,
    toolUntil: 0,
    extendedUntil: 0,
    waitingFor: null,
  };
}

/** The session is back: its claim carries the new connection's epoch, and its grace has ended. */
export function holdClaim({ context, event }: Step): Change {
  if (event.type !== "back" || context.claim === null) return {};
  const { epoch, busy = context.claim.busy } = event;
  return { claim: { ...context.claim, epoch, graceUntil: null, busy } };
}

/** Whether a turn runs decides how long it may take until something is seen in it. */
export function noteTurn({ context, event }: Step): Change {
  if (event.type !== "life" || context.claim === null) return {};
  return { claim: { ...context.claim, busy: event.busy } };
}

/** Hooks that are heard of once are there: the deadlines of a session with hooks hold from then on. */
export function noteHooks({ context, event }: Step): Change {
  if (event.type !== "life" || !event.hooks || context.claim === null) return {};
  return { claim: { ...context.claim, hooks: true } };
}

/** The same delivery in a new turn: what the old one was busy with, or waited for, died with it. */
export function showAgain({ context, event }: Step): Change {
  if (event.type !== "show" || context.claim === null) return {};
  const { epoch, hooks } = event;
  return {
    again: event.why,
    claim: { ...context.claim, epoch, surfaced: false, graceUntil: null, hooks, busy: false },
    toolUntil: 0,
    extendedUntil: 0,
    waitingFor: null,
  };
}

/** Kept for the session that it is taken from, with what is known of the work on it. */
export function keep({ context, event }: Step, worked: boolean): Change {
  const { claim, stopped, deliveredAt, waitingFor } = context;
  const workedMs = worked ? Math.max(0, event.at - deliveredAt) : 0;
  return {
    keptFor: claim?.session ?? null,
    stopped: { workedMs: (stopped?.workedMs ?? 0) + workedMs, waitingFor },
  };
}

/** Out of the session's hands. What was delivered stays counted. */
export function forget(): Change {
  return { claim: null, again: null, waitingFor: null };
}

/** A delivery counts once: one that came back because it was silent or held too long has been counted. */
export function attemptsAfter({ attempts, claim, reason }: EventContext): number {
  const counted = claim === null && (reason === "timed_out" || reason === "held_too_long");
  return counted ? attempts : attempts + 1;
}

/** Whoever says that it shall come back later keeps no claim on it. */
export function settle({ context, event }: Step): Change {
  if (event.type !== "ack") return {};
  return {
    keptFor: null,
    settledDelivery: event.delivery,
    settledAt: event.at,
    outcome: event.outcome,
    summary: event.summary,
    reason: event.outcome === "done" ? null : event.outcome,
    retryInMs: event.retryAfterMs ?? context.limits.retryMs,
  };
}

/** Any sign of life starts reminder and timeout anew; a tool call or an extension holds them off. */
export function noteLife({ context, event }: Step): Change {
  switch (event.type) {
    case "life":
      return {
        ...noteHooks({ context, event }),
        lifeAt: event.at,
        toolUntil: event.toolRunning ? event.at + context.limits.toolMs : 0,
      };
    case "extend":
      return { lifeAt: event.at, extendedUntil: event.at + event.ms, waitingFor: event.waitingFor };
    case "back":
      return { lifeAt: event.at, toolUntil: event.toolRunning ? event.at + context.limits.toolMs : 0 };
    case "taken":
      return { lifeAt: event.at };
    default:
      return {};
  }
}

/** How long the session has said that it will be quiet, from its last sign of life. */
export function occupation(context: EventContext): number {
  return Math.max(context.toolUntil, context.extendedUntil) - context.lifeAt;
}

export const occupied = (context: EventContext): boolean => occupation(context) > 0;

export const isExpired = ({ expiresAt }: EventContext, at: number): boolean =>
  expiresAt !== undefined && expiresAt <= at;

/** Without end: no timer is set. At its birth there is no message that tells the time. */
export function untilExpiry({ expiresAt, bornAt = 0 }: EventContext, at: number | undefined): number {
  return expiresAt === undefined ? Number.POSITIVE_INFINITY : Math.max(0, expiresAt - (at ?? bornAt));
}

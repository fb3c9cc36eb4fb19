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
  const { session, epoch, hooks } = event;
  return {
    delivery,
    limits: event.limits,
    claim: { session, epoch, delivery, graceUntil: null, hooks, surfaced: false },
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
  return { claim: { ...context.claim, epoch: event.epoch, graceUntil: null } };
}

/** Out of the session's hands. What was delivered stays counted. */
export function forget(): Change {
  return { claim: null, again: null, waitingFor: null };
}

export function settle({ context, event }: Step): Change {
  if (event.type !== "ack") return {};
  return {
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
      return { lifeAt: event.at, toolUntil: event.toolRunning ? event.at + context.limits.toolMs : 0 };
    case "extend":
      return { lifeAt: event.at, extendedUntil: event.at + event.ms, waitingFor: event.waitingFor };
    case "taken":
    case "back":
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

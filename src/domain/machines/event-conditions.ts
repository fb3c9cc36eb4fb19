/** When an event's transitions apply, and after how long: what its machine asks of its memory and of what happened. */
import { attemptsAfter, isExpired, occupation, occupied, untilExpiry } from "./event-changes.ts";
import type { EventContext, EventMessage, Way } from "./event-words.ts";

interface Step {
  context: EventContext;
  event: EventMessage;
}

export const guards = {
  isFull: ({ context }: Step) => context.emptied !== true,
  isUnwanted: ({ context }: Step) => context.birth === "dropped",
  isEarly: ({ context }: Step) => context.retryInMs > 0,
  isExpired: ({ context, event }: Step) => event.type === "claim" && isExpired(context, event.at),
  isLast: ({ context, event }: Step) => "delivery" in event && event.delivery === context.delivery,
  isByChannel: ({ context, event }: Step) =>
    event.type === "surfaced" &&
    event.delivery === context.delivery &&
    event.way === ("channel" satisfies Way),
  isDone: ({ context, event }: Step) =>
    event.type === "ack" && event.delivery === context.delivery && event.outcome === "done",
  isRetry: ({ context, event }: Step) =>
    event.type === "ack" &&
    event.delivery === context.delivery &&
    event.outcome === "retry" &&
    attemptsAfter(context) < context.limits.maxAttempts,
  isFailure: ({ context, event }: Step) =>
    event.type === "ack" && event.delivery === context.delivery && event.outcome !== "done",
  isRepeated: ({ context, event }: Step) =>
    event.type === "ack" && event.delivery === context.settledDelivery,
  isShown: ({ context, event }: Step) =>
    event.type === "show" &&
    context.claim !== null &&
    (event.delivery ?? context.delivery) === context.delivery,
  isLost: ({ event }: Step) => event.type === "back" && !event.holds,
  attemptsLeft: ({ context }: Step) => attemptsAfter(context) < context.limits.maxAttempts,
  isSilentWithAttempts: ({ context, event }: Step) =>
    event.type === "silent" &&
    event.delivery === context.delivery &&
    attemptsAfter(context) < context.limits.maxAttempts,
  hasHooks: ({ context }: Step) => context.claim?.hooks === true && !context.claim.surfaced,
  entersTurn: ({ context }: Step) =>
    context.claim?.hooks === true && !context.claim.surfaced && context.claim.busy,
  revealsHooks: ({ context, event }: Step) =>
    event.type === "life" && event.hooks && context.claim?.hooks === false,
  isBusy: ({ event }: Step) => event.type === "life" && event.busy,
  isIdle: ({ event }: Step) => event.type === "life" && !event.busy,
  isOccupied: ({ context }: Step) => occupied(context),
};

/** Milliseconds. */
export const delays = {
  retry: ({ context }: Step) => context.retryInMs,
  expiry: ({ context, event }: Step) => untilExpiry(context, event.at),
  surface: ({ context }: Step) => context.limits.surfaceMs,
  take: ({ context }: Step) => context.limits.takeMs,
  remind: ({ context }: Step) => context.limits.remindMs,
  /** Counted from the reminder, so that silence is measured once. */
  timeout: ({ context }: Step) =>
    Math.max(
      0,
      (context.claim?.hooks === true ? context.limits.timeoutMs : context.limits.blindTimeoutMs) -
        context.limits.remindMs,
    ),
  tool: ({ context }: Step) => context.limits.toolMs,
  occupation: ({ context }: Step) => occupation(context),
  /** Counted from the delivery, however often the session was away meanwhile. */
  hold: ({ context, event }: Step) => Math.max(0, context.deliveredAt + context.limits.holdMs - event.at),
  grace: ({ context }: Step) => context.limits.graceMs,
  /** Without end, which sets no timer, where it is for anybody. */
  keep: ({ context }: Step) => (context.keptFor === null ? Number.POSITIVE_INFINITY : context.limits.holdMs),
};

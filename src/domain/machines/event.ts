/**
 * The life of one event. Pure: the host gives it what happened and the time, stores what comes out, and performs its
 * actions only after the commit (promises 1, 2, 4, 5, 7, 11, 13, 14).
 *
 * Actions that leave the machine, performed by the host:
 *   deliver  show the event to the session that has the claim
 *   recall   the session must not show it any more
 *   remind   the session has been silent for long
 *   confirm  answer an ack: settled, repeated or late
 *   offer    the lane has something to claim
 *   release  the session's hands are free
 *   miss     the session did not surface the event
 *   runs     the event is in the conversation: an interrupt that waited for that may stop it
 */
import { assign, setup } from "xstate";
import {
  attemptsAfter,
  forget,
  holdClaim,
  isExpired,
  keep,
  noteHooks,
  noteLife,
  noteTurn,
  occupation,
  occupied,
  settle,
  showAgain,
  takeClaim,
  untilExpiry,
} from "./event-changes.ts";
import type { EventContext, EventInput, EventMessage, Way } from "./event-words.ts";
import { initialContext } from "./event-words.ts";

export { EventContext, type EventInput, type EventMessage } from "./event-words.ts";

/** An ack counts if it names the last delivery; a second copy is told so; anything else came too late (promise 4). */
const strayAck = [
  { guard: "isRepeated", actions: [{ type: "confirm", params: { status: "repeated" } }] },
  { actions: ["countLate", { type: "confirm", params: { status: "late" } }] },
] as const;

const settled = { type: "confirm", params: { status: "settled" } } as const;

/** Counts before it settles: `settle` writes the reason that tells whether the delivery has been counted. */
const ackWith = <const Hands extends readonly ("release" | "forget")[]>(hands: Hands) =>
  [
    { guard: "isDone", target: "#event.acked", actions: ["settle", settled, ...hands] },
    { guard: "isRetry", target: "#event.scheduled", actions: ["countAttempt", "settle", settled, ...hands] },
    { guard: "isFailure", target: "#event.dead", actions: ["countAttempt", "settle", settled, ...hands] },
    ...strayAck,
  ] as const;

const ackOfHolder = ackWith(["release", "forget"]);

/** It came back and nobody has claimed it since: its last delivery's ack counts, but no hands are to be freed. */
const ackOfLast = ackWith([]);

/** Attempts count only what was delivered; the last one ends in the dead letters (promise 14). */
const giveBack = (reason: string) => {
  const actions = [
    "countAttempt",
    "countTimeout",
    { type: "because", params: { reason } },
    { type: "recall", params: { reason: "timed_out" } },
    "release",
    "forget",
  ] as const;
  return [
    { guard: "attemptsLeft", target: "#event.returned", actions },
    { target: "#event.dead", actions: [...actions, "noteEnd"] },
  ] as const;
};

/** Its plugin says that the session did not answer in time: a silence, whatever words it comes in (promise 14). */
const [mayComeBack, isOver] = giveBack("timed_out");
const silent = [
  { ...mayComeBack, guard: "isSilentWithAttempts" },
  { ...isOver, guard: "isLast" },
] as const;

/** What nobody saw costs an event none of its attempts (promise 13). */
const unseen = (kind: "surface" | "take") =>
  ({
    target: "#event.returned",
    actions: [
      { type: "because", params: { reason: "unseen" } },
      { type: "recall", params: { reason: "withdrawn" } },
      { type: "miss", params: { kind } },
      "release",
      "forget",
    ],
  }) as const;

const graceOver = {
  target: "#event.returned",
  actions: [{ type: "because", params: { reason: "away" } }, "release", "forget"],
} as const;

const leave = {
  target: "#event.returned",
  actions: [{ type: "because", params: { reason: "left" } }, "release", "forget"],
} as const;

/** No session can be shown it; at the head of its lane it would hold up all that is behind it (promise 14). */
const unreadable = {
  guard: "isLast",
  target: "#event.dead",
  actions: [{ type: "because", params: { reason: "unreadable" } }, "release", "forget", "noteEnd"],
} as const;

/** Something more urgent takes its place. The session that it is taken from is the one that gets it back. */
const interrupt = (worked: boolean) =>
  ({
    target: "#event.interrupted",
    actions: [
      { type: "because", params: { reason: "interrupted" } },
      { type: "recall", params: { reason: "interrupted" } },
      { type: "keep", params: { worked } },
      "release",
      "forget",
    ],
  }) as const;

/** The turn that had it died: the same delivery is shown again (promise 5). */
const show = {
  guard: "isShown",
  target: "#event.dispatching",
  reenter: true,
  actions: ["showAgain", "deliver"],
} as const;

const lapse = {
  target: "#event.lapsed",
  actions: [{ type: "because", params: { reason: "expired" } }, "noteEnd"],
} as const;

const endEarly = {
  cancel: { target: "#event.cancelled", actions: ["noteEnd"] },
  supersede: { target: "#event.superseded", actions: ["supersede", "noteEnd"] },
  lapse,
} as const;

/** Whoever would take what nobody wants any more finds it gone, however late its timer. */
const claim = [
  { guard: "isExpired", ...lapse },
  { target: "#event.dispatching", actions: ["takeClaim", "deliver"] },
] as const;

/** In nobody's hands: there it may end by its time. What is in hand is not taken away. */
const expires = { expiry: lapse } as const;

/** Out of the session's hands first, or it could never be given another event. */
const cancelHeld = {
  target: "#event.cancelled",
  actions: [{ type: "recall", params: { reason: "withdrawn" } }, "release", "forget", "noteEnd"],
} as const;

/** Nothing leads out of an end; what is remembered of it may still change. */
const ended = { ack: strayAck, empty: { guard: "isFull", actions: "empty" } } as const;

export const eventMachine = setup({
  types: {
    context: {} as EventContext,
    input: {} as EventInput,
    events: {} as EventMessage,
  },
  actions: {
    deliver: () => {},
    recall: (_, _params: { reason: "interrupted" | "withdrawn" | "timed_out" }) => {},
    remind: () => {},
    confirm: (_, _params: { status: "settled" | "repeated" | "late" }) => {},
    offer: () => {},
    release: () => {},
    miss: (_, _params: { kind: "surface" | "take" }) => {},
    runs: () => {},
    because: assign((_, params: { reason: string }) => ({ reason: params.reason })),
    /** XState's own timer events bring no time; the host puts it there. */
    noteEnd: assign(({ event }) => ({ settledAt: event.at ?? null })),
    takeClaim: assign(takeClaim),
    holdClaim: assign(holdClaim),
    keep: assign((step, { worked }: { worked: boolean }) => keep(step, worked)),
    letGo: assign({ keptFor: null }),
    forget: assign(forget),
    settle: assign(settle),
    noteHooks: assign(noteHooks),
    noteTurn: assign(noteTurn),
    noteLife: assign(noteLife),
    noteDelivered: assign(({ event }) => ({ deliveredAt: event.at })),
    noteSurfaced: assign(({ context }) =>
      context.claim === null ? {} : { claim: { ...context.claim, surfaced: true } },
    ),
    startGrace: assign(({ context, event }) =>
      context.claim === null || event.type !== "away"
        ? {}
        : { claim: { ...context.claim, graceUntil: event.at + context.limits.graceMs } },
    ),
    showAgain: assign(showAgain),
    countAttempt: assign(({ context }) => ({ attempts: attemptsAfter(context) })),
    countTimeout: assign(({ context }) => ({ timeouts: context.timeouts + 1 })),
    countLate: assign(({ context }) => ({ lateAcks: context.lateAcks + 1 })),
    empty: assign({ summary: null, emptied: true }),
    supersede: assign(({ event }) => (event.type === "supersede" ? { supersededBy: event.by } : {})),
  },
  guards: {
    isFull: ({ context }) => context.emptied !== true,
    isUnwanted: ({ context }) => context.birth === "dropped",
    isEarly: ({ context }) => context.retryInMs > 0,
    isExpired: ({ context, event }) => event.type === "claim" && isExpired(context, event.at),
    isLast: ({ context, event }) => "delivery" in event && event.delivery === context.delivery,
    isByChannel: ({ context, event }) =>
      event.type === "surfaced" &&
      event.delivery === context.delivery &&
      event.way === ("channel" satisfies Way),
    isDone: ({ context, event }) =>
      event.type === "ack" && event.delivery === context.delivery && event.outcome === "done",
    isRetry: ({ context, event }) =>
      event.type === "ack" &&
      event.delivery === context.delivery &&
      event.outcome === "retry" &&
      attemptsAfter(context) < context.limits.maxAttempts,
    isFailure: ({ context, event }) =>
      event.type === "ack" && event.delivery === context.delivery && event.outcome !== "done",
    isRepeated: ({ context, event }) => event.type === "ack" && event.delivery === context.settledDelivery,
    isShown: ({ context, event }) =>
      event.type === "show" &&
      context.claim !== null &&
      (event.delivery ?? context.delivery) === context.delivery,
    isLost: ({ event }) => event.type === "back" && !event.holds,
    attemptsLeft: ({ context }) => attemptsAfter(context) < context.limits.maxAttempts,
    isSilentWithAttempts: ({ context, event }) =>
      event.type === "silent" &&
      event.delivery === context.delivery &&
      attemptsAfter(context) < context.limits.maxAttempts,
    hasHooks: ({ context }) => context.claim?.hooks === true && !context.claim.surfaced,
    entersTurn: ({ context }) =>
      context.claim?.hooks === true && !context.claim.surfaced && context.claim.busy,
    revealsHooks: ({ context, event }) =>
      event.type === "life" && event.hooks && context.claim?.hooks === false,
    isBusy: ({ event }) => event.type === "life" && event.busy,
    isIdle: ({ event }) => event.type === "life" && !event.busy,
    isOccupied: ({ context }) => occupied(context),
  },
  delays: {
    retry: ({ context }) => context.retryInMs,
    expiry: ({ context, event }) => untilExpiry(context, event.at),
    surface: ({ context }) => context.limits.surfaceMs,
    take: ({ context }) => context.limits.takeMs,
    remind: ({ context }) => context.limits.remindMs,
    /** Counted from the reminder, so that silence is measured once. */
    timeout: ({ context }) =>
      Math.max(
        0,
        (context.claim?.hooks === true ? context.limits.timeoutMs : context.limits.blindTimeoutMs) -
          context.limits.remindMs,
      ),
    tool: ({ context }) => context.limits.toolMs,
    occupation: ({ context }) => occupation(context),
    /** Counted from the delivery, however often the session was away meanwhile. */
    hold: ({ context, event }) => Math.max(0, context.deliveredAt + context.limits.holdMs - event.at),
    grace: ({ context }) => context.limits.graceMs,
    /** Without end, which sets no timer, where it is for anybody. */
    keep: ({ context }) => (context.keptFor === null ? Number.POSITIVE_INFINITY : context.limits.holdMs),
  },
}).createMachine({
  id: "event",
  context: ({ input }) => initialContext(input),
  initial: "arriving",
  states: {
    /** Never stored: decides where a life begins. */
    arriving: {
      always: [
        { guard: "isUnwanted", target: "dropped" },
        { guard: "isEarly", target: "scheduled" },
        { target: "queued" },
      ],
    },
    scheduled: {
      after: { retry: { target: "queued" }, ...expires },
      on: { ack: strayAck, ...endEarly },
    },
    queued: {
      entry: "offer",
      after: { ...expires, keep: { target: "queued", reenter: true, actions: "letGo" } },
      on: { claim, ack: strayAck, ...endEarly },
    },

    dispatching: {
      initial: "attended",
      on: {
        ack: ackOfHolder,
        show,
        leave,
        unreadable,
        interrupt: interrupt(false),
        cancel: cancelHeld,
      },
      states: {
        attended: {
          initial: "choosing",
          on: {
            away: { target: "away" },
            life: { guard: "revealsHooks", target: ".choosing", actions: ["noteHooks", "noteTurn"] },
            taken: { guard: "isLast", target: "#event.delivered" },
            surfaced: [
              { guard: "isByChannel", target: "#event.delivered" },
              { guard: "isLast", target: ".taking", actions: "noteSurfaced" },
            ],
            back: [
              { guard: "isLost", target: ".choosing", actions: ["holdClaim", "deliver"] },
              { target: ".choosing", actions: "holdClaim" },
            ],
          },
          states: {
            choosing: {
              always: [
                { guard: "entersTurn", target: "postponed" },
                { guard: "hasHooks", target: "surfacing" },
                { target: "taking" },
              ],
            },
            surfacing: {
              after: { surface: unseen("surface") },
              on: { life: { guard: "isBusy", target: "postponed", actions: "noteTurn" } },
            },
            /** Somebody typed first, or it enters a running turn: the deadline is for idle sessions. */
            postponed: {
              after: { tool: { target: "surfacing" } },
              on: { life: { guard: "isIdle", target: "surfacing", actions: "noteTurn" } },
            },
            taking: { after: { take: unseen("take") } },
          },
        },
        away: {
          entry: "startGrace",
          after: { grace: graceOver },
          on: {
            away: { target: "away", reenter: true },
            back: [
              { guard: "isLost", target: "attended", actions: ["holdClaim", "deliver"] },
              { target: "attended", actions: "holdClaim" },
            ],
          },
        },
      },
    },

    delivered: {
      initial: "attended",
      entry: ["noteDelivered", "runs"],
      on: {
        ack: ackOfHolder,
        show,
        leave,
        unreadable,
        silent,
        interrupt: interrupt(true),
        cancel: cancelHeld,
      },
      states: {
        attended: {
          initial: "choosing",
          // Not while it is away: nothing that is held times out before its grace is over.
          after: { hold: giveBack("held_too_long") },
          on: {
            away: { target: "away" },
            life: { target: ".choosing", actions: "noteLife" },
            taken: { guard: "isLast", target: ".choosing", actions: "noteLife" },
            extend: { guard: "isLast", target: ".choosing", actions: "noteLife" },
            back: [
              { guard: "isLost", target: ".choosing", actions: ["holdClaim", "noteLife", "deliver"] },
              { target: ".choosing", actions: ["holdClaim", "noteLife"] },
            ],
          },
          states: {
            choosing: { always: [{ guard: "isOccupied", target: "occupied" }, { target: "quiet" }] },
            quiet: { after: { remind: { target: "overdue" } } },
            overdue: { entry: "remind", after: { timeout: giveBack("timed_out") } },
            /** A tool call is under way, or the session asked for time: not silence. */
            occupied: { after: { occupation: { target: "quiet" } } },
          },
        },
        away: {
          entry: "startGrace",
          after: { grace: graceOver },
          on: {
            away: { target: "away", reenter: true },
            back: [
              { guard: "isLost", target: "attended", actions: ["holdClaim", "noteLife", "deliver"] },
              { target: "attended", actions: ["holdClaim", "noteLife"] },
            ],
          },
        },
      },
    },

    interrupted: {
      initial: "kept",
      entry: "offer",
      after: expires,
      on: { claim, ack: ackOfLast, ...endEarly },
      states: {
        /** Its session may be busy for long with what nobody knows of: others must not wait for that for ever. */
        kept: { after: { keep: { target: "free", actions: "offer" } } },
        free: { entry: "letGo" },
      },
    },
    returned: { entry: "offer", after: expires, on: { claim, ack: ackOfLast, ...endEarly } },

    acked: { on: ended },
    dead: { on: ended },
    cancelled: { on: ended },
    superseded: { on: ended },
    lapsed: { on: ended },
    dropped: { on: ended },
  },
});

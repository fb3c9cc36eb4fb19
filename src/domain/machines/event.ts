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
  keep,
  noteHooks,
  noteLife,
  noteTurn,
  settle,
  showAgain,
  takeClaim,
} from "./event-changes.ts";
import { delays, guards } from "./event-conditions.ts";
import {
  ackOfHolder,
  ackOfLast,
  cancelHeld,
  claim,
  endEarly,
  ended,
  expires,
  giveBack,
  graceOver,
  interrupt,
  leave,
  show,
  silent,
  strayAck,
  unreadable,
  unseen,
} from "./event-transitions.ts";
import type { EventContext, EventInput, EventMessage } from "./event-words.ts";
import { initialContext } from "./event-words.ts";

export { EventContext, type EventInput, type EventMessage } from "./event-words.ts";

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
  guards,
  delays,
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

/**
 * The life of the link to the server. The driver (`link.ts`) performs the actions and tells what happened.
 *
 * Actions that leave the machine:
 *   prepare  read configuration and state, then open the stream
 *   hangUp   end the stream; what it still says is not wanted any more
 *
 * E1: only a connection that held for 10 s resets the backoff.
 * E2: a refusal is tried again, slowly: its cause may be mended without this process hearing of it. Where it is the token's, the
 *     configuration is read again and again, and shown is what `dead-token.ts` lets be shown.
 */
import { assign, setup } from "xstate";
import type { Random } from "./ports/random.ts";

export const PREPARE_MS = 30_000;
export const WELCOME_MS = 10_000;
export const UPTIME_MS = 10_000;
export const FIRST_RETRY_MS = 500;
export const LONGEST_RETRY_MS = 30_000;
export const REFUSED_RETRY_MS = 60_000;
export const REREAD_MS = 3_000;
/** A server that is leaving may name a time; whatever it names, it is looked for after this. */
export const LONGEST_DRAIN_MS = 5 * 60_000;

export interface Refusal {
  code: string;
  message: string;
  cure: string;
}

export interface LinkContext {
  random: Random;
  /** Connections that failed since one held. */
  failures: number;
  /** Until the next try. */
  delayMs: number;
  refusal: Refusal | null;
  /** Why there is no link, for people. */
  problem: string;
}

export type LinkEvent =
  | { type: "start" }
  | { type: "opened" }
  /** There is no configuration that could be obeyed. */
  | { type: "unconfigured"; problem: string }
  /** The session takes no part in a lane. */
  | { type: "standsBy"; problem: string }
  | { type: "welcome" }
  /** `ofToken`: another token in the configuration may be welcome, this one is not. */
  | { type: "refused"; refusal: Refusal; retry: boolean; ofToken: boolean }
  | { type: "drain"; afterMs: number }
  | { type: "ended"; reason: string }
  /** It looks well, and may be half-open all the same: it is made anew. */
  | { type: "renew" }
  /** Something may have changed: try at once instead of later. */
  | { type: "nudge" }
  | { type: "close" };

export const linkMachine = setup({
  types: {
    context: {} as LinkContext,
    events: {} as LinkEvent,
    input: {} as { random: Random },
  },
  actions: {
    prepare: () => {},
    hangUp: () => {},
    /** Half to whole of a doubling span, so that sessions don't come back in step. */
    backOff: assign(({ context: { failures, random } }) => ({
      failures: failures + 1,
      delayMs: Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures) * (0.5 + random.fraction() / 2),
    })),
    waitSlowly: assign(({ context }) => ({
      delayMs: REFUSED_RETRY_MS * (0.8 + context.random.fraction() * 0.4),
    })),
    planReturn: assign(({ context, event }) =>
      event.type === "drain"
        ? { delayMs: Math.min(event.afterMs, LONGEST_DRAIN_MS) + context.random.fraction() * 1_000 }
        : {},
    ),
    noteRefusal: assign(({ event }) => (event.type === "refused" ? { refusal: event.refusal } : {})),
    noteProblem: assign(({ event }) => {
      if (event.type === "ended") return { problem: event.reason, refusal: null };
      const told = event.type === "unconfigured" || event.type === "standsBy";
      return told ? { problem: event.problem, refusal: null } : {};
    }),
    noteSilence: assign({ problem: "it did not answer in time", refusal: null }),
    forgetTrouble: assign({ problem: "", refusal: null }),
    forgetFailures: assign({ failures: 0 }),
  },
  guards: {
    mayHelp: ({ event }) => event.type === "refused" && event.retry,
    isOfToken: ({ event }) => event.type === "refused" && event.ofToken,
  },
  delays: {
    delay: ({ context }) => context.delayMs,
    prepare: PREPARE_MS,
    welcome: WELCOME_MS,
    uptime: UPTIME_MS,
    reread: REREAD_MS,
  },
}).createMachine({
  id: "link",
  context: ({ input: { random } }) => ({ random, failures: 0, delayMs: 0, refusal: null, problem: "" }),
  initial: "resting",
  on: { close: ".closed" },
  states: {
    resting: { on: { start: "linked" } },
    linked: {
      initial: "connecting",
      exit: "hangUp",
      on: {
        ended: { target: "waiting", actions: "noteProblem" },
        drain: { target: "drained", actions: "planReturn" },
        refused: [
          { guard: "mayHelp", target: "waiting", actions: "noteRefusal" },
          { guard: "isOfToken", target: "unconfigured", actions: "noteRefusal" },
          { target: "refused", actions: "noteRefusal" },
        ],
      },
      states: {
        connecting: {
          entry: "prepare",
          after: { prepare: { target: "#link.waiting", actions: "noteSilence" } },
          on: {
            opened: "authenticating",
            unconfigured: { target: "#link.unconfigured", actions: "noteProblem" },
            standsBy: { target: "#link.standby", actions: "noteProblem" },
          },
        },
        authenticating: {
          after: { welcome: { target: "#link.waiting", actions: "noteSilence" } },
          on: { welcome: { target: "online", actions: "forgetTrouble" } },
        },
        online: {
          initial: "fresh",
          on: { renew: { target: "#link.linked", reenter: true } },
          states: {
            fresh: { after: { uptime: { target: "proven", actions: "forgetFailures" } } },
            proven: {},
          },
        },
      },
    },
    waiting: { entry: "backOff", after: { delay: "linked" } },
    drained: { after: { delay: "linked" } },
    refused: { entry: "waitSlowly", after: { delay: "linked" }, on: { nudge: "linked" } },
    unconfigured: { after: { reread: "linked" }, on: { nudge: "linked" } },
    /** Until the session asks for an event, or for good. */
    standby: { on: { nudge: "linked" } },
    closed: { type: "final" },
  },
});

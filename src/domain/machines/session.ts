/**
 * The life of one session: one running plugin instance and the lane that it serves. What it has in hand is not said
 * here: the claim on the event says it. Idle, working, overdue are derived, not stored (promise 13).
 *
 * Actions that leave the machine, performed by the host:
 *   deafen  tell people what is wrong and how to mend it
 *   able    it may be given an event
 *   vacate  it may serve its lane no more: what is kept for it there may be for anybody
 */
import { assign, setup } from "xstate";
import { z } from "zod";

/** Three wakes in a row that nobody followed make a session deaf (with hooks; without, one). */
const MISSES = 3;

export const SessionContext = z.object({
  lane: z.string(),
  /** Random, one a plugin process. */
  instance: z.string(),
  /** Raised by each connection; fences what older ones say. */
  epoch: z.number().int(),
  client: z.string(),
  project: z.string(),
  entrypoint: z.string(),
  pluginVersion: z.string(),
  /** It takes messages of other sessions. */
  messaging: z.boolean().default(true),
  /** Id of the token that let it in, where that is all by which it can be known again. */
  token: z.string().optional(),
  connectedAt: z.number(),
  misses: z.number().int(),
  deafSince: z.number().nullable(),
  /** Absent: it is not gone, or went before that was noted. */
  goneAt: z.number().optional(),
  graceMs: z.number(),
});
export type SessionContext = z.infer<typeof SessionContext>;

/** What a plugin says of itself when it connects. */
export interface SessionFace {
  lane: string;
  instance: string;
  client: string;
  project: string;
  entrypoint: string;
  pluginVersion: string;
  messaging: boolean;
  token?: string | undefined;
  graceMs: number;
}

export type SessionMessage =
  | ({ type: "connect"; at: number } & SessionFace)
  | { type: "lost"; at: number }
  | { type: "life"; at: number }
  | { type: "miss"; at: number; kind: "surface" | "take"; hooks: boolean }
  | { type: "seen"; at: number };

export type SessionInput = SessionFace & { at: number };

const connect = [
  { guard: "isStillDeaf", target: "#session.deaf", actions: ["vacate", "connect"] },
  { target: "#session.online", actions: ["vacate", "connect"] },
] as const;

export const sessionMachine = setup({
  types: { context: {} as SessionContext, input: {} as SessionInput, events: {} as SessionMessage },
  actions: {
    able: () => {},
    deafen: () => {},
    vacate: () => {},
    connect: assign(({ context, event }) => {
      if (event.type !== "connect") return {};
      const { type: _, at, ...face } = event;
      const same = face.instance === context.instance;
      return {
        ...face,
        epoch: context.epoch + 1,
        connectedAt: at,
        misses: same ? context.misses : 0,
        deafSince: same ? context.deafSince : null,
      };
    }),
    countMiss: assign(({ context }) => ({ misses: context.misses + 1 })),
    forgive: assign({ misses: 0, deafSince: null }),
    noteGone: assign(({ event }) => ({ goneAt: event.at })),
    noteDeaf: assign(({ event }) => ({ deafSince: event.at })),
  },
  guards: {
    /** The same process that could not surface an event still can't, until it shows life. */
    isStillDeaf: ({ context, event }) =>
      event.type === "connect" && event.instance === context.instance && context.deafSince !== null,
    isDeafening: ({ context, event }) =>
      event.type === "miss" && (event.kind === "surface" || !event.hooks || context.misses + 1 >= MISSES),
  },
  delays: { grace: ({ context }) => context.graceMs },
}).createMachine({
  id: "session",
  context: ({ input: { at, ...face } }) => ({
    ...face,
    epoch: 1,
    connectedAt: at,
    misses: 0,
    deafSince: null,
  }),
  initial: "online",
  on: { connect },
  states: {
    online: {
      entry: "able",
      on: {
        lost: { target: "away" },
        seen: { guard: ({ context }) => context.misses > 0, actions: "forgive" },
        miss: [
          { guard: "isDeafening", target: "deaf", actions: ["countMiss", "noteDeaf"] },
          { actions: "countMiss" },
        ],
      },
    },
    /** Connected, but what was sent to it reached no conversation: it gets nothing until it shows life. */
    deaf: {
      entry: "deafen",
      on: {
        lost: { target: "away" },
        life: { target: "online", actions: "forgive" },
        seen: { target: "online", actions: "forgive" },
      },
    },
    away: {
      after: { grace: { target: "gone" } },
      on: { lost: { target: "away", reenter: true } },
    },
    gone: { entry: ["noteGone", "vacate"] },
  },
});

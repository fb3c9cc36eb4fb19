/**
 * The life of one cron. Pure: whoever tells it the time stores what it makes of it, after the events that it fires are stored
 * (promises 1, 11). It has no timers of its own: `nextAt` says when it is due, and is found by an index, however many crons
 * there are.
 *
 * Actions that leave the machine:
 *   fire  make an event
 */
import { assign, setup } from "xstate";
import { z } from "zod";
import { nextTime } from "../schedule.ts";
import { firingsOf, outcomeOf } from "./cron-rules.ts";

/** What becomes of times that passed while nobody could fire: one event for all, none, or one each (the last hundred). */
export const MISFIRES = ["once", "skip", "all"] as const;
export type Misfire = (typeof MISFIRES)[number];

/** What becomes of a time while the event of the one before is not done: it takes its place where that still waits, waits behind it, or is left out. */
export const OVERLAPS = ["coalesce", "queue", "skip"] as const;
export type Overlap = (typeof OVERLAPS)[number];

export const CronRules = z.object({
  /** Five fields or a nickname. */
  expression: z.string(),
  timezone: z.string(),
  misfire: z.enum(MISFIRES),
  overlap: z.enum(OVERLAPS),
  /** A time that is longer past makes no event; null: however late. */
  maxLatenessMs: z.number().positive().nullable(),
});
export type CronRules = z.infer<typeof CronRules>;

export const CronContext = CronRules.extend({
  /** Null: never, or paused. */
  nextAt: z.number().nullable(),
  /** The wall clock when that was reckoned. */
  reckonedAt: z.number(),
  /** The time of the last firing. */
  firedAt: z.number().nullable(),
  /** The event that it made. */
  eventId: z.string().nullable(),
  fired: z.int().nonnegative(),
  /** Times that made no event on time: each a minute or more late, or left out by a rule. */
  missed: z.int().nonnegative(),
  /** The last of them. */
  missedAt: z.number().nullable(),
  missedBecause: z.enum(["late", "overlap", "full"]).nullable(),
});
export type CronContext = z.infer<typeof CronContext>;

/** `at`: the wall clock, Unix ms. */
export type CronMessage =
  /** Looks whether it is due. `busy`: the event of its last firing is not done; `full`: its lane takes no more. */
  | { type: "tick"; at: number; busy: boolean; full?: boolean }
  /** Its owner wants an event now. */
  | { type: "run"; at: number }
  /** The event that `fire` asked for is stored. */
  | { type: "fired"; at: number; eventId: string }
  | { type: "change"; at: number; rules: CronRules }
  | { type: "pause"; at: number }
  | { type: "resume"; at: number };

export type CronInput = CronRules & { at: number };

/** An event to be made. */
export interface Firing {
  /** Null: at its owner's word, not by its schedule. */
  time: number | null;
  /** How many times it stands for, itself included. */
  standsFor: number;
  /** It takes the place of the one before, where that still waits. */
  coalesces: boolean;
}

const change = { actions: "change" } as const;

export const cronMachine = setup({
  types: { context: {} as CronContext, input: {} as CronInput, events: {} as CronMessage },
  actions: {
    fire: (_, _params: { firings: readonly Firing[] }) => {},
    note: assign(({ context, event }) => (event.type === "tick" ? outcomeOf(context, event) : {})),
    reckon: assign(({ context, event }) => ({ nextAt: nextTime(context, event.at), reckonedAt: event.at })),
    change: assign(({ event }) => (event.type === "change" ? event.rules : {})),
    noteRun: assign(({ context, event }) => ({ fired: context.fired + 1, firedAt: event.at })),
    noteEvent: assign(({ event }) => (event.type === "fired" ? { eventId: event.eventId } : {})),
    rest: assign({ nextAt: null }),
  },
  guards: {
    isDue: ({ context, event }) => context.nextAt !== null && context.nextAt <= event.at,
    /** The clock was set back since: it would wait for a time that is too far away. */
    isAhead: ({ context, event }) => context.reckonedAt > event.at,
    isAnotherTime: ({ context, event }) =>
      event.type === "change" &&
      (event.rules.expression !== context.expression || event.rules.timezone !== context.timezone),
  },
}).createMachine({
  id: "cron",
  context: ({ input: { at, ...rules } }) => ({
    ...rules,
    nextAt: nextTime(rules, at),
    reckonedAt: at,
    firedAt: null,
    eventId: null,
    fired: 0,
    missed: 0,
    missedAt: null,
    missedBecause: null,
  }),
  initial: "active",
  on: {
    run: {
      actions: [
        { type: "fire", params: { firings: [{ time: null, standsFor: 1, coalesces: false }] } },
        "noteRun",
      ],
    },
    fired: { actions: "noteEvent" },
  },
  states: {
    active: {
      on: {
        tick: [
          {
            guard: "isDue",
            actions: [
              {
                type: "fire",
                params: ({ context, event }) => ({
                  firings: event.type === "tick" ? firingsOf(context, event) : [],
                }),
              },
              "note",
            ],
          },
          { guard: "isAhead", actions: "reckon" },
        ],
        change: [{ guard: "isAnotherTime", actions: ["change", "reckon"] }, change],
        pause: { target: "paused", actions: "rest" },
      },
    },
    /** Nothing is due, and nothing is missed. */
    paused: { on: { change, resume: { target: "active", actions: "reckon" } } },
  },
});

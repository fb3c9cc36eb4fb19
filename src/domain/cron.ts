/** A cron: a schedule that its owner has set, and the events that it makes. */
import { z } from "zod";
import { Cause } from "./cause.ts";
import { deadlineOptions } from "./deadlines.ts";
import { Tag } from "./grammar.ts";
import type { Lane } from "./lane.ts";
import { type ActorState, outermost } from "./machines/actor-state.ts";
import { type CronContext, MISFIRES, OVERLAPS } from "./machines/cron.ts";
import { PRIORITIES, type Priority } from "./order.ts";
import { isTimeZone } from "./schedule.ts";
import { GOOD_SCHEDULE, scheduleText } from "./schedule-text.ts";

export const CRON_STATES = ["active", "paused"] as const;
export type CronState = (typeof CRON_STATES)[number];

/** The type of its events. */
export const CRON_FIRED = "cron.fired";

const Expression = z.string().transform((text, context) => {
  const read = scheduleText(text);
  if (read.kind === "schedule") return read.expression;
  context.addIssue({ code: "custom", message: `${read.what}. A good one: ${GOOD_SCHEDULE}` });
  return z.NEVER;
});

/** What only some crons have. Absent: not asked for. */
export const CronOptions = z.strictObject({
  ...deadlineOptions,
  /** Each session that is connected gets an event of its own. */
  fanout: z.literal("all", 'takes "all", or nothing').optional(),
});
export type CronOptions = z.infer<typeof CronOptions>;

/** With what the server knows of it besides. */
export const KeptCronOptions = CronOptions.extend({
  /** Its events start so many hops from what came from outside: it was made because of an event. */
  hops: z.int().positive().optional(),
  /** What the session that made it, or changed it last, had in hand. */
  cause: Cause.optional(),
});
export type KeptCronOptions = z.infer<typeof KeptCronOptions>;

const YEAR_MINUTES = 366 * 24 * 60;

const settings = {
  schedule: Expression,
  prompt: z.string().trim().min(1, "is empty; say what is to be done").max(20_000),
  /** Stands outside of the boundary, so its grammar is that of a label. Empty: none. */
  label: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9 ._:/@+-]{0,64}$/, "has at most 64 of A-Z a-z 0-9 space . _ : / @ + -"),
  tag: z.union([z.literal(""), Tag]),
  priority: z.enum(PRIORITIES, `is one of ${PRIORITIES.join(", ")}`),
  timezone: z.string().refine(isTimeZone, "is no time zone that is known; Europe/Berlin is one, UTC another"),
  misfire: z.enum(MISFIRES, `is one of ${MISFIRES.join(", ")}`),
  overlap: z.enum(OVERLAPS, `is one of ${OVERLAPS.join(", ")}`),
  /** 0: however late. */
  maxLatenessMinutes: z.int().min(0).max(YEAR_MINUTES, `is at most ${YEAR_MINUTES}, a year`),
  options: CronOptions,
};

/** What its owner changes of it; what he leaves out stays. */
export const CronChange = z.strictObject(settings).partial();
export type CronChange = z.infer<typeof CronChange>;

/** What its owner says of a cron; what he leaves out has a default. */
export const CronSettings = CronChange.required({ schedule: true, prompt: true });
export type CronSettings = z.infer<typeof CronSettings>;

/** A cron as stored. Its schedule and its rules are its machine's. */
export interface CronRecord {
  kind: "cron";
  id: string;
  account: string;
  label: string | null;
  prompt: string;
  lane: Lane;
  priority: Priority;
  /** Null: none of them. */
  options: KeptCronOptions | null;
  createdAt: number;
  actor: ActorState<CronContext>;
  /** Counts the writes; a write names the one it changes. */
  rev: number;
}

export const cronState = (record: CronRecord): CronState => outermost(record.actor.value) as CronState;

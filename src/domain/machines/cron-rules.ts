/** What a cron makes of the times that have come since it was looked at: its misfire and its overlap rule. */
import { lastTimes, nextTime } from "../schedule.ts";
import type { CronContext, Firing } from "./cron.ts";

/** A firing that comes later was missed; the server's own ways take far less. */
export const ON_TIME_MS = 60_000;

/** Of times that passed no more are looked at, and no more are made up for. */
export const MOST_TIMES = 100;

interface Look {
  at: number;
  /** The event of its last firing is not done. */
  busy: boolean;
  /** Its lane takes no more. */
  full?: boolean;
}

interface Times {
  at: number;
  /** Those that have come, first to last. */
  come: readonly number[];
  next: number | null;
}

/** One look asks more than once, and reckoning is what costs. */
const looked = new WeakMap<CronContext, Times>();

function timesOf(context: CronContext, at: number): Times {
  const known = looked.get(context);
  if (known?.at === at) return known;
  const times = { at, ...reckonedOf(context, at) };
  looked.set(context, times);
  return times;
}

function reckonedOf(context: CronContext, at: number): Omit<Times, "at"> {
  const { nextAt } = context;
  if (nextAt === null || nextAt > at) return { come: [], next: nextAt };
  // Nearly always one has come, and then nobody has to look back.
  const second = nextTime(context, nextAt);
  if (second === null || second > at) return { come: [nextAt], next: second };
  return { come: lastTimes(context, nextAt, at, MOST_TIMES), next: nextTime(context, at) };
}

/** Those of them that make an event, by the misfire rule. */
function madeOf({ misfire, maxLatenessMs }: CronContext, times: readonly number[], at: number): number[] {
  const fresh = times.filter((time) => maxLatenessMs === null || at - time <= maxLatenessMs);
  switch (misfire) {
    case "once":
      return fresh.slice(-1);
    case "skip":
      return fresh.filter((time) => at - time < ON_TIME_MS).slice(-1);
    case "all":
      return fresh;
    default:
      return misfire satisfies never;
  }
}

/** The events to be made now. */
export function firingsOf(context: CronContext, { at, busy, full = false }: Look): Firing[] {
  if (full) return [];
  const { misfire, overlap } = context;
  const times = timesOf(context, at).come;
  const made = madeOf(context, times, at);
  // What is left out by its rule is stood for by nobody.
  const standsFor = misfire === "skip" ? 1 : times.length;
  switch (overlap) {
    case "queue":
      return made.map((time) => ({ time, standsFor: misfire === "all" ? 1 : standsFor, coalesces: false }));
    case "skip":
      return busy ? [] : made.slice(-1).map((time) => ({ time, standsFor, coalesces: false }));
    case "coalesce":
      return made.slice(-1).map((time) => ({ time, standsFor, coalesces: true }));
    default:
      return overlap satisfies never;
  }
}

/** What is remembered of it. */
export function outcomeOf(context: CronContext, look: Look): Partial<CronContext> {
  const { come: times, next } = timesOf(context, look.at);
  const firings = firingsOf(context, look);
  const made = new Set(firings.map(({ time }) => time));
  const isLate = (time: number) => look.at - time >= ON_TIME_MS;
  const missed = times.filter((time) => isLate(time) || !made.has(time));
  const lastMissed = missed.at(-1);
  const lastMade = firings.at(-1);
  return {
    nextAt: next,
    reckonedAt: look.at,
    fired: context.fired + firings.length,
    ...(lastMade === undefined ? {} : { firedAt: lastMade.time }),
    missed: context.missed + missed.length,
    ...(lastMissed === undefined
      ? {}
      : { missedAt: lastMissed, missedBecause: whyMissed(look, isLate(lastMissed)) }),
  };
}

function whyMissed({ full = false }: Look, late: boolean): NonNullable<CronContext["missedBecause"]> {
  if (full) return "full";
  return late ? "late" : "overlap";
}

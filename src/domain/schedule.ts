/**
 * When a schedule comes: croner reckons. It is only asked with a time, and so it is pure: it reads no clock and sets no timer.
 *
 * Daylight saving, as Vixie's cron has it: a fixed time (no `*`, no step in minute and hour) that does not exist comes when the
 * clock has jumped, and one that exists twice comes once; what comes at intervals is left out of what does not exist, and
 * goes on through what exists twice.
 */
import { Cron as Reckoner } from "croner";

export interface Schedule {
  /** As `scheduleText` gives it. */
  expression: string;
  /** As `isTimeZone` knows it. */
  timezone: string;
}

/** Six fields, the first of them seconds, are not for owners (`scheduleText`), but for trials of the whole. */
function reckoner({ expression, timezone }: Schedule): Reckoner {
  const key = `${timezone} ${expression}`;
  const known = reckoners.get(key);
  if (known !== undefined) return known;
  const made = new Reckoner(expression, { mode: "5-or-6-parts", fixedTimeRule: "no-wildcard", timezone });
  if (reckoners.size >= MOST_RECKONERS) reckoners.clear();
  reckoners.set(key, made);
  return made;
}

/** To read an expression costs as much as to reckon by it. Bounded, however many crons there are (promise 8). */
const reckoners = new Map<string, Reckoner>();
const MOST_RECKONERS = 500;

/** The first time after `at`, Unix ms; null: it never comes. */
export const nextTime = (schedule: Schedule, at: number): number | null =>
  reckoner(schedule).nextRun(new Date(at))?.getTime() ?? null;

/** The first `count` times after `at`. */
export const nextTimes = (schedule: Schedule, at: number, count: number): number[] =>
  reckoner(schedule)
    .nextRuns(count, new Date(at))
    .map((date) => date.getTime());

/** The last `most` times from `since` to `until`, both included, first to last. */
export function lastTimes(schedule: Schedule, since: number, until: number, most: number): number[] {
  return reckoner(schedule)
    .previousRuns(most, new Date(until + 1))
    .map((date) => date.getTime())
    .filter((time) => time >= since)
    .reverse();
}

/** A name that this machine knows. */
export function isTimeZone(name: string): boolean {
  // An offset is no zone: it knows no daylight saving.
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const LOCAL = {
  weekday: "short",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
  timeZoneName: "longOffset",
} as const;

/** To make one costs more than to use it. Few, because zones are; and bounded, because they have more than one spelling. */
const formats = new Map<string, Intl.DateTimeFormat>();
const MOST_FORMATS = 100;

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat("en", { ...LOCAL, timeZone });
  if (formats.size >= MOST_FORMATS) formats.clear();
  formats.set(timeZone, format);
  return format;
}

/** `Sun 2026-03-29 03:00 GMT+02:00`: as the zone's clocks show it. */
export function localTime(at: number, timeZone: string): string {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? "";
  const day = `${part("weekday")} ${part("year")}-${part("month")}-${part("day")}`;
  return `${day} ${part("hour")}:${part("minute")} ${part("timeZoneName")}`;
}

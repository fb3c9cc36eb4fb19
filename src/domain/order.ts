/** Promise 3: a lane is ordered by (band, seq). */
import { type EventRecord, type EventState, eventState } from "./event.ts";

/** Bands, first to last. */
export const BANDS = ["interrupt", "resumed", "priority", "normal"] as const;
export type Band = (typeof BANDS)[number];

/** What a source, cron or sender may ask for. */
export const PRIORITIES = ["interrupt", "priority", "normal"] as const;
export type Priority = (typeof PRIORITIES)[number];

/** An event that comes back stands before those that never left, but behind an interrupt. */
export function bandOf(priority: Priority, state: EventState): Band {
  const comesBack = state === "returned" || state === "interrupted";
  return comesBack && priority !== "interrupt" ? "resumed" : priority;
}

export interface Place {
  band: Band;
  seq: number;
}

export function placeOf(record: EventRecord): Place {
  return { band: bandOf(record.facts.priority, eventState(record)), seq: record.seq };
}

/** Negative: `a` leaves first. */
export function compare(a: Place, b: Place): number {
  return BANDS.indexOf(a.band) - BANDS.indexOf(b.band) || a.seq - b.seq;
}

/**
 * Clawback's plugin waits five minutes for its session. Then it goes on by itself and acks the event with words that are always the same:
 * a silence, not a success (promise 14). What tells it from an ack of the session's own is its words and its age together.
 */
import { type EventRecord, eventState } from "../domain/event.ts";
import type { DeliveryRef } from "../services/live-session.ts";

export const PLUGIN_WAITS_MS = 5 * 60_000;

/** Between the server's clock and the plugin's timer lies the way there and back. */
const CLOCKS_DIFFER_MS = 5_000;

/** By then its plugin has let go of it, and has said so if it still lives. */
export const LET_GO_MS = PLUGIN_WAITS_MS + 60_000;

/** Nobody who has done something says only this. */
const WORDS =
  /^\W*(?:(?:ack|event|auto)\W*)?(?:time[sd]?[ -]?out|expired|no (?:ack|response|answer))\b.{0,80}$/is;

export const soundsLikeTimer = (summary: string): boolean => WORDS.test(summary.trim());

/** Whether an ack with such words came when the timer's would. */
export function isTimers(event: EventRecord, { delivery }: DeliveryRef, now: number): boolean {
  const { context } = event.actor;
  return (
    eventState(event) === "delivered" &&
    context.delivery === delivery &&
    now - context.deliveredAt >= PLUGIN_WAITS_MS - CLOCKS_DIFFER_MS
  );
}

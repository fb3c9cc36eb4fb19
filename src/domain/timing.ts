/**
 * When an event may be delivered, and how long anybody wants it: by the wall clock, counted from when it came in. An event that
 * waits for its time has its place in the lane from the beginning, and comes back to it.
 */
import { z } from "zod";
import { SignalboxError } from "./errors.ts";

const LONGEST_SECONDS = 366 * 24 * 3_600;
const RULE = `takes whole seconds, 1 to ${LONGEST_SECONDS}`;
const MOMENT = `${RULE}, or a time such as 2026-12-24T18:00:00Z`;
const seconds = z.int(RULE).min(1, RULE).max(LONGEST_SECONDS, RULE);

export const timingOptions = {
  /** Seconds, or a moment before which nothing is delivered. */
  deliverAfter: z.union([seconds, z.iso.datetime({ offset: true, error: MOMENT })], MOMENT).optional(),
  expiresAfterSeconds: seconds.optional(),
};

export interface Timing {
  deliverAfter?: number | string | undefined;
  expiresAfterSeconds?: number | undefined;
}

/** Throws `SignalboxError` (invalid) where nothing could ever be delivered. */
export function requireTiming({ deliverAfter, expiresAfterSeconds }: Timing): void {
  if (typeof deliverAfter !== "number" || expiresAfterSeconds === undefined) return;
  if (deliverAfter < expiresAfterSeconds) return;
  throw new SignalboxError(
    "invalid",
    "bad_timing",
    `expires_after: ${expiresAfterSeconds} is over before deliver_after, ${deliverAfter} seconds`,
    `Give more than ${deliverAfter}, or a shorter deliver_after`,
  );
}

/** Of an event that comes in now: how long it waits, and from when on nobody wants it (null: it keeps). */
export function timingFrom(
  { deliverAfter = 0, expiresAfterSeconds }: Timing,
  now: number,
): { delayMs: number; expiresAt: number | null } {
  const delayMs = typeof deliverAfter === "number" ? deliverAfter * 1_000 : Date.parse(deliverAfter) - now;
  return {
    delayMs: Math.max(0, delayMs),
    expiresAt: expiresAfterSeconds === undefined ? null : now + expiresAfterSeconds * 1_000,
  };
}

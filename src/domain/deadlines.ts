/**
 * Reminder and timeout where a source or a cron has its own: how they are asked for, what makes sense beside the server's
 * own limits, and how they stand in an event and in the limits of its deliveries (promises 7, 14).
 */
import { z } from "zod";
import { SignalboxError } from "./errors.ts";
import type { EventDetails } from "./event-details.ts";
import type { Limits } from "./machines/limits.ts";

const LONGEST_SECONDS = 86_400;
const RULE = `takes whole seconds, 1 to ${LONGEST_SECONDS}`;
const seconds = z.int(RULE).min(1, RULE).max(LONGEST_SECONDS, RULE).optional();

export const deadlineOptions = {
  /** Silence until the session is reminded. */
  remindSeconds: seconds,
  /** Silence until the event goes back. */
  timeoutSeconds: seconds,
};
export interface Deadlines {
  remindSeconds?: number | undefined;
  timeoutSeconds?: number | undefined;
}

/** Throws `SignalboxError` (invalid) where the server's limits leave them no room. */
export function requireDeadlines({ remindSeconds, timeoutSeconds }: Deadlines, limits: Limits): void {
  const remind = remindSeconds ?? limits.remindMs / 1_000;
  const timeout = timeoutSeconds ?? limits.timeoutMs / 1_000;
  const hold = limits.holdMs / 1_000;
  if (timeoutSeconds !== undefined && timeout > hold) {
    throw badDeadline(
      `timeout_seconds: ${timeout} is longer than an event may be held`,
      `Give at most ${hold}, or raise SIGNALBOX_MAX_HOLD_SECONDS`,
    );
  }
  if (remindSeconds !== undefined && remind >= timeout) {
    throw badDeadline(
      `remind_seconds: ${remind} is not before the timeout, ${timeout} seconds`,
      `Give less than ${timeout}, or a longer timeout_seconds with it`,
    );
  }
  if (timeoutSeconds !== undefined && remind >= timeout) {
    throw badDeadline(
      `timeout_seconds: ${timeout} is not behind the reminder, ${remind} seconds`,
      `Give more than ${remind}, or a shorter remind_seconds with it`,
    );
  }
}

const badDeadline = (message: string, cure: string) =>
  new SignalboxError("invalid", "bad_deadline", message, cure);

/** As an event carries them; null: it has none of its own. */
export function deadlineDetails(
  asked: Deadlines | null,
): Pick<EventDetails, "remindMs" | "timeoutMs"> | null {
  if (asked?.remindSeconds === undefined && asked?.timeoutSeconds === undefined) return null;
  const { remindSeconds, timeoutSeconds } = asked;
  return {
    ...(remindSeconds !== undefined && { remindMs: remindSeconds * 1_000 }),
    ...(timeoutSeconds !== undefined && { timeoutMs: timeoutSeconds * 1_000 }),
  };
}

/**
 * The limits of one delivery. Without hooks a session gives few signs of life: there an own timeout can only lengthen the
 * wait. The reminder never stands behind the timeout, whatever the server's settings have become since.
 */
export function limitsFor(limits: Limits, details: EventDetails | null): Limits {
  if (details?.remindMs === undefined && details?.timeoutMs === undefined) return limits;
  const timeoutMs = details.timeoutMs ?? limits.timeoutMs;
  return {
    ...limits,
    remindMs: Math.min(details.remindMs ?? limits.remindMs, timeoutMs),
    timeoutMs,
    blindTimeoutMs: Math.max(details.timeoutMs ?? 0, limits.blindTimeoutMs),
  };
}

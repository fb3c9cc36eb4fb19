import { z } from "zod";

const ms = z.number().nonnegative();

/**
 * How long an event may stay where it is, fixed for a delivery when it is claimed (so that later settings change only
 * later deliveries). All are spans in milliseconds: time in which the server is down does not use them up (promise 7).
 */
export const Limits = z.object({
  /** Idle session with hooks: from the hand-over to the receipt. Beyond it the session is deaf. */
  surfaceMs: ms,
  /** From the wake (or, without hooks, the hand-over) until the content was read. */
  takeMs: ms,
  /** Silence until the session is reminded. */
  remindMs: ms,
  /** Silence until the event is given back. */
  timeoutMs: ms,
  /** The same for a session without hooks, which gives fewer signs of life. */
  blindTimeoutMs: ms,
  /** A tool call under way counts as life for so long. */
  toolMs: ms,
  /** The longest that an event may be held, whatever the signs of life. */
  holdMs: ms,
  /** How long a broken link may stay broken. */
  graceMs: ms,
  /** When an event that was acked with `retry` comes back, if the session named no time. */
  retryMs: ms,
  /** Deliveries that were delivered and ended by timeout, failure or retry, until the event is dead. */
  maxAttempts: z.number().int().positive(),
});
export type Limits = z.infer<typeof Limits>;

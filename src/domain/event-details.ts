/**
 * What only some events have: told when the event is stored, and never changed. Absent where nothing is said of it, so that an
 * event that needs none of it costs nothing.
 */
import { z } from "zod";

const ms = z.number().nonnegative();
const count = z.int().nonnegative();

export const EventDetails = z.strictObject({
  /** Silence until the session is reminded, and until the event is given back, where its source or cron says so. Spans. */
  remindMs: ms.optional(),
  timeoutMs: ms.optional(),
  /** Nobody wants it any more after that. Wall clock, Unix milliseconds. */
  expiresAt: ms.optional(),
  /** How many events stand between this one and what came from outside. */
  hops: count.optional(),
  /** The event that whoever caused this one had in hand. */
  cause: z.string().optional(),
  /** The message that this one answers. */
  replyTo: z.string().optional(),
  /** The folder of the session that sent it, as that told it. */
  project: z.string().optional(),
  /** The event that this one is a copy of, to be handled again. */
  replayOf: z.string().optional(),
  /** How many events it stands for, itself included: the others were coalesced into it. */
  standsFor: count.optional(),
  /** What waits under the same key in the same lane may be replaced by a newer event. */
  coalesceKey: z.string().max(200).optional(),
  /** The time of its cron that it was made for, wall clock, and the zone in which its owner reads it. */
  due: z.strictObject({ at: ms, timezone: z.string() }).optional(),
  /** Other sessions that are to have a copy of it, each its own. */
  copies: z.array(z.string()).optional(),
  /** The event that this one is such a copy of. */
  copyOf: z.string().optional(),
  /** Its source is its owner's own: what its payload asks for may be done. */
  trust: z.literal("instructions").optional(),
  /** How many bytes of its payload were left out, because its route keeps only the fields that it names. */
  omittedBytes: count.optional(),
  /** The session that it is for, while that session is there. */
  addressee: z.string().optional(),
});
export type EventDetails = z.infer<typeof EventDetails>;

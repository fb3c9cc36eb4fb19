/**
 * The event that a session had in hand when it asked for something that stays, such as a source or a cron. What an event's payload has talked
 * Claude into is found by it later; people are shown it.
 */
import { z } from "zod";
import type { EventRecord } from "./event.ts";

export const Cause = z.strictObject({ event: z.string(), origin: z.string(), from: z.string() });
export type Cause = z.infer<typeof Cause>;

export const causeOf = ({ facts: { id, origin, from } }: EventRecord): Cause => ({ event: id, origin, from });

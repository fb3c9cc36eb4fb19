/** What an event's actor remembers and what can be told to it. */
import { z } from "zod";
import { Limits } from "./limits.ts";

export const WAYS = ["channel", "wake", "pull"] as const;
export type Way = (typeof WAYS)[number];

export const OUTCOMES = ["done", "failed", "retry"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Why an event is shown again with the delivery number that it had. */
export const AGAIN = ["restarted", "cleared", "escaped"] as const;
export type Again = (typeof AGAIN)[number];

/** Who has the event in hand: written here and nowhere else. */
export const Claim = z.object({
  session: z.string(),
  /** Of the session's connection that holds it. */
  epoch: z.number().int(),
  delivery: z.number().int(),
  /** Set while the session is away: the claim goes back only after it. */
  graceUntil: z.number().nullable(),
  /** The session is known to have hooks; they may first be heard of after the event was handed over. */
  hooks: z.boolean(),
  /** The line that announces it was seen (wake). */
  surfaced: z.boolean(),
  /** A turn was running when that was last told: what enters it can't be seen before its next tool call. */
  busy: z.boolean().default(false),
});
export type Claim = z.infer<typeof Claim>;

/** What is known of the work on an event that was interrupted. */
export const Stopped = z.object({
  /** In all hands that it was interrupted in, one after the other. */
  workedMs: z.number().nonnegative(),
  /** What its last session had said that it waits for. */
  waitingFor: z.string().nullable(),
});
export type Stopped = z.infer<typeof Stopped>;

export const EventContext = z.object({
  birth: z.enum(["queued", "dropped"]),
  limits: Limits,
  /** Counts every hand-over; the fencing token of what is said about it. */
  delivery: z.number().int(),
  /** Counts only deliveries that were delivered and ended by timeout, failure or retry. */
  attempts: z.number().int(),
  /** How many of those ended because the session was silent, or held it for too long. */
  timeouts: z.number().int().default(0),
  claim: Claim.nullable(),
  /**
   * The session that it is addressed to, until it is claimed, or in whose hands it was interrupted: while that is there, for the
   * longest hold, nobody else is given it.
   */
  keptFor: z.string().nullable().default(null),
  stopped: Stopped.nullable().default(null),
  /** Why it is where it is: returned, dead, dropped. */
  reason: z.string().nullable(),
  /** Set while the same delivery is shown again. */
  again: z.enum(AGAIN).nullable(),
  /** Since when it has been in the conversation, Unix ms; 0: never. */
  deliveredAt: z.number(),
  /** Last sign of life while delivered, Unix ms. */
  lifeAt: z.number(),
  toolUntil: z.number(),
  extendedUntil: z.number(),
  waitingFor: z.string().nullable(),
  /** Until an event that was acked with `retry` comes back. */
  retryInMs: z.number(),
  settledDelivery: z.number().int().nullable(),
  settledAt: z.number().nullable(),
  outcome: z.enum(OUTCOMES).nullable(),
  summary: z.string().nullable(),
  lateAcks: z.number().int(),
  supersededBy: z.string().nullable(),
  /** Its content and summary are not kept any more; absent: they are. */
  emptied: z.boolean().optional(),
  /** Nobody wants it any more from then on, Unix ms; absent: it keeps. */
  expiresAt: z.number().optional(),
  /** When it came in, of one that expires. */
  bornAt: z.number().optional(),
});
export type EventContext = z.infer<typeof EventContext>;

export interface EventInput {
  birth: "queued" | "dropped";
  reason: string | null;
  limits: Limits;
  /** Wait so long before it enters its lane; 0: at once. */
  delayMs: number;
  /** Nobody wants it after `at`; both moments are Unix ms. */
  expiry?: { now: number; at: number };
  /** The session that it is for. */
  addressee?: string;
}

export const initialContext = (input: EventInput): EventContext => ({
  birth: input.birth,
  limits: input.limits,
  delivery: 0,
  attempts: 0,
  timeouts: 0,
  claim: null,
  keptFor: input.addressee ?? null,
  stopped: null,
  reason: input.reason,
  again: null,
  deliveredAt: 0,
  lifeAt: 0,
  toolUntil: 0,
  extendedUntil: 0,
  waitingFor: null,
  retryInMs: input.delayMs,
  settledDelivery: null,
  settledAt: null,
  outcome: null,
  summary: null,
  lateAcks: 0,
  supersededBy: null,
  ...(input.expiry === undefined ? {} : { expiresAt: input.expiry.at, bornAt: input.expiry.now }),
});

/** What can be told to an event. `at`: when the host took it, Unix ms. */
export type EventMessage =
  | {
      type: "claim";
      at: number;
      session: string;
      epoch: number;
      hooks: boolean;
      /** It enters a running turn. */
      busy?: boolean;
      limits: Limits;
    }
  | { type: "surfaced"; at: number; delivery: number; way: Way }
  | { type: "taken"; at: number; delivery: number }
  | {
      type: "ack";
      at: number;
      delivery: number;
      outcome: Outcome;
      summary: string;
      retryAfterMs: number | null;
    }
  | { type: "life"; at: number; busy: boolean; toolRunning: boolean; hooks: boolean }
  /** Its plugin has given up waiting for an answer. */
  | { type: "silent"; at: number; delivery: number }
  | { type: "extend"; at: number; delivery: number; ms: number; waitingFor: string | null }
  | { type: "away"; at: number }
  /** The same process is back; `holds`: it still has the event. */
  | { type: "back"; at: number; epoch: number; holds: boolean; toolRunning: boolean; busy?: boolean }
  /** The turn that had it is dead. */
  | { type: "show"; at: number; epoch: number; hooks: boolean; why: Again; delivery?: number }
  /** Its content can't be read or rendered: nobody can be shown it. */
  | { type: "unreadable"; at: number; delivery: number }
  /** The session serves another lane now. */
  | { type: "leave"; at: number }
  | { type: "interrupt"; at: number }
  | { type: "cancel"; at: number }
  | { type: "supersede"; at: number; by: string }
  | { type: "lapse"; at: number }
  /** It has been kept long enough; only that it came is still to be known. */
  | { type: "empty"; at: number };

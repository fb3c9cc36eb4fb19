/**
 * Rows as records, checked when read: what another version, a hand or a failing disk has put there is found here and
 * not in a machine. The error names the record and never quotes it (promise 10).
 */
import { z } from "zod";
import { SignalboxError } from "../../domain/errors.ts";
import { EVENT_STATES, type EventContent, type EventRecord, type Origin } from "../../domain/event.ts";
import { actorStateSchema } from "../../domain/machines/actor-state.ts";
import { EventContext, eventMachine } from "../../domain/machines/event.ts";
import { SessionContext, sessionMachine } from "../../domain/machines/session.ts";
import { PRIORITIES } from "../../domain/order.ts";
import type { SessionRecord } from "../../domain/session.ts";

const ORIGINS = ["webhook", "cron", "message", "hook", "exit", "chat"] as const satisfies readonly Origin[];

/** A TEXT column that holds JSON of this shape. */
export const jsonText = <T>(shape: z.ZodType<T>) =>
  z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: "custom", message: "is not JSON" });
        return z.NEVER;
      }
    })
    .pipe(shape);

const EventRow = z.object({
  seq: z.number(),
  id: z.string(),
  account: z.string(),
  lane: z.string(),
  origin: z.enum(ORIGINS),
  priority: z.enum(PRIORITIES),
  from: z.string(),
  source_id: z.string().nullable(),
  type: z.string(),
  verified_by: z.string().nullable(),
  delivery_id: z.string().nullable(),
  received_at: z.number(),
  bytes: z.number(),
  rev: z.number(),
  actor: jsonText(actorStateSchema(eventMachine, EventContext)),
});

export function eventOf(row: unknown): EventRecord {
  const { seq, rev, actor, source_id, verified_by, delivery_id, received_at, ...same } = checked(
    "event",
    EventRow,
    row,
  );
  const facts = {
    ...same,
    sourceId: source_id,
    verifiedBy: verified_by,
    deliveryId: delivery_id,
    receivedAt: received_at,
  };
  return { kind: "event", facts, seq, actor, rev };
}

const ContentRow = z.object({
  prompt: z.string().nullable(),
  content_type: z.string(),
  payload: z.string(),
  marker: z.string(),
});

export function contentOf(row: unknown): EventContent {
  const { content_type, ...same } = checked("content", ContentRow, row);
  return { ...same, contentType: content_type };
}

const SessionRow = z.object({
  account: z.string(),
  id: z.string(),
  rev: z.number(),
  actor: jsonText(actorStateSchema(sessionMachine, SessionContext)),
});

export function sessionOf(row: unknown): SessionRecord {
  return { kind: "session", ...checked("session", SessionRow, row) };
}

const KnownRow = z.object({ id: z.string(), state: z.enum(EVENT_STATES) });

/** Of an event, what a duplicate is answered with. */
export function knownOf(row: unknown): z.infer<typeof KnownRow> {
  return checked("event", KnownRow, row);
}

const CountRow = z.object({ n: z.number() });

/** The number that a `SELECT … AS n` gave. */
export function numberOf(row: unknown): number {
  return checked("count", CountRow, row).n;
}

export const UNREADABLE = "unreadable_record";

/** The row in this shape, or a `SignalboxError` that names what could not be read. */
export function checked<T>(kind: string, shape: z.ZodType<T>, row: unknown): T {
  const result = shape.safeParse(row);
  if (result.success) return result.data;
  const name = z.object({ id: z.string() }).safeParse(row).data?.id ?? "without an id";
  const where = result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`)[0];
  throw new SignalboxError(
    "unavailable",
    UNREADABLE,
    `the stored ${kind} ${name} cannot be read (${where})`,
    "Stop the server and restore the store from a backup, or mend that record; all others go on",
    result.error,
  );
}

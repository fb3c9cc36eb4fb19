/**
 * Rows as records, checked when read: what another version, a hand or a failing disk has put there is found here and
 * not in a machine. The error names the record and never quotes it (promise 10).
 */
import type { AnyStateMachine } from "xstate";
import { z } from "zod";
import { SignalboxError } from "../../domain/errors.ts";
import { EVENT_STATES, type EventContent, type EventRecord, ORIGINS } from "../../domain/event.ts";
import { EventDetails } from "../../domain/event-details.ts";
import { actorStateSchema } from "../../domain/machines/actor-state.ts";
import { EventContext, eventMachine } from "../../domain/machines/event.ts";
import { SessionContext, sessionMachine } from "../../domain/machines/session.ts";
import { BANDS, PRIORITIES } from "../../domain/order.ts";
import type { SessionRecord } from "../../domain/session.ts";
import { eventKeys, sessionKeys } from "../keys.ts";
import { remembering } from "./known-texts.ts";

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

/** The same, for texts of which many are alike: an actor's. */
function actorText<Context>(machine: AnyStateMachine, context: z.ZodType<Context>) {
  const shape = jsonText(actorStateSchema(machine, context));
  const read = remembering((text) => shape.parse(text));
  return z.string().transform((text, { issues }) => {
    try {
      return read(text);
    } catch (error) {
      if (!(error instanceof z.ZodError)) throw error;
      for (const { path, message } of error.issues)
        issues.push({ code: "custom", input: text, path, message });
      return z.NEVER;
    }
  });
}

/** Counted from 1: with 0 a record says that it is not stored yet. */
export const Rev = z.int().min(1);

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
  details: jsonText(EventDetails).nullable(),
  state: z.string(),
  band: z.number(),
  claimed_by: z.string().nullable(),
  kept_for: z.string().nullable(),
  due_at: z.number().nullable(),
  ended_at: z.number().nullable(),
  rev: Rev,
  actor: actorText(eventMachine, EventContext),
});

export function eventOf(row: unknown): EventRecord {
  const { seq, rev, actor, state, band, claimed_by, kept_for, due_at, ended_at, ...stored } = checked(
    "event",
    EventRow,
    row,
  );
  const { source_id, verified_by, delivery_id, received_at, ...same } = stored;
  const facts = {
    ...same,
    sourceId: source_id,
    verifiedBy: verified_by,
    deliveryId: delivery_id,
    receivedAt: received_at,
  };
  const record: EventRecord = { kind: "event", facts, seq, actor, rev };
  requireOwnKeys("event", facts.id, () => {
    const keys = eventKeys(record);
    return (
      keys.state === state &&
      BANDS.indexOf(keys.band) === band &&
      keys.claimedBy === claimed_by &&
      keys.keptFor === kept_for &&
      keys.dueAt === due_at &&
      keys.endedAt === ended_at
    );
  });
  return record;
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

const PromptRow = z.object({ prompt: z.string().nullable() });

export const promptOf = (row: unknown): string | null => checked("content", PromptRow, row).prompt;

const SessionRow = z.object({
  account: z.string(),
  id: z.string(),
  state: z.string(),
  due_at: z.number().nullable(),
  gone_at: z.number().nullable(),
  rev: Rev,
  actor: actorText(sessionMachine, SessionContext),
});

export function sessionOf(row: unknown): SessionRecord {
  const { state, due_at, gone_at, ...same } = checked("session", SessionRow, row);
  const record: SessionRecord = { kind: "session", ...same };
  requireOwnKeys("session", record.id, () => {
    const keys = sessionKeys(record);
    return keys.state === state && keys.dueAt === due_at && keys.goneAt === gone_at;
  });
  return record;
}

/**
 * A row whose keys are not those of its actor is found where it does not belong: acked and yet in its lane, or due
 * for ever. It counts as unreadable, so that it stops itself alone.
 */
export function requireOwnKeys(kind: string, id: string, isOwn: () => boolean): void {
  let own = false;
  try {
    own = isOwn();
  } catch {
    // A state that no index has.
  }
  if (!own) throw unreadable(kind, id, "its keys are not those of its actor");
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

/** An id may be what was damaged. */
const LONGEST_NAME = 100;

export const UNREADABLE = "unreadable_record";

/** The row in this shape, or a `SignalboxError` that names what could not be read. */
export function checked<T>(kind: string, shape: z.ZodType<T>, row: unknown): T {
  const result = parsed(shape, row);
  if (result.success) return result.data;
  const name = z.object({ id: z.string() }).safeParse(row).data?.id ?? "without an id";
  const [issue] = result.error?.issues ?? [];
  throw unreadable(kind, name, issue === undefined ? "nested too deeply" : whatIsWrong(issue), result.error);
}

/** The column, and what it should be; what stands deeper, keys too, may be anybody's words (promise 10). */
function whatIsWrong({ path: [column], code, message }: z.core.$ZodIssue): string {
  return `${String(column)}: ${code === "unrecognized_keys" ? "has keys that none of ours has" : message}`;
}

function parsed<T>(
  shape: z.ZodType<T>,
  row: unknown,
): z.ZodSafeParseResult<T> | { success: false; error?: never } {
  try {
    return shape.safeParse(row);
  } catch (error) {
    // JSON.parse reads any depth; a check that follows it has a stack.
    if (error instanceof RangeError) return { success: false };
    throw error;
  }
}

const unreadable = (kind: string, id: string, where: string, cause?: unknown): SignalboxError =>
  new SignalboxError(
    "unavailable",
    UNREADABLE,
    `the stored ${kind} ${id.slice(0, LONGEST_NAME)} cannot be read (${where})`,
    "Stop the server and restore the store from a backup, or mend that record; all others go on",
    cause,
  );

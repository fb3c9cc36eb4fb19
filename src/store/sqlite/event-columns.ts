/** An event as the columns that its append fills, and their values in the same order. */
import type { SQLInputValue } from "node:sqlite";
import type { EventKeys, EventRecord } from "../../domain/event.ts";
import { BANDS } from "../../domain/order.ts";

export const COLUMNS = [
  "id",
  "account",
  "lane",
  "origin",
  "priority",
  '"from"',
  "source_id",
  "type",
  "verified_by",
  "delivery_id",
  "received_at",
  "bytes",
  "details",
  "coalesce_key",
  "turn",
  "dropped",
  "state",
  "band",
  "claimed_by",
  "kept_for",
  "due_at",
  "ended_at",
  "rev",
  "actor",
] as const;

/** Thousands of events a second are born alike, and share their actor (`actors/step.ts`). */
const births = new WeakMap<EventRecord["actor"], string>();

function textOfBirth(actor: EventRecord["actor"]): string {
  const text = births.get(actor) ?? JSON.stringify(actor);
  if (Object.isFrozen(actor)) births.set(actor, text);
  return text;
}

/** With the `rev` that the write gives it. `turn`: as its lane has it (`turns.ts`). */
export function valuesOf(
  { facts, actor, rev }: EventRecord,
  keys: EventKeys,
  turn: string | null,
): SQLInputValue[] {
  return [
    facts.id,
    facts.account,
    facts.lane,
    facts.origin,
    facts.priority,
    facts.from,
    facts.sourceId,
    facts.type,
    facts.verifiedBy,
    facts.deliveryId,
    facts.receivedAt,
    facts.bytes,
    facts.details === null ? null : JSON.stringify(facts.details),
    facts.details?.coalesceKey ?? null,
    turn,
    keys.state === "dropped" ? 1 : 0,
    keys.state,
    BANDS.indexOf(keys.band),
    keys.claimedBy,
    keys.keptFor,
    keys.dueAt,
    keys.endedAt,
    rev + 1,
    textOfBirth(actor),
  ];
}

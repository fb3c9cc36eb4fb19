import type { EventDetails } from "./event-details.ts";
import type { Lane } from "./lane.ts";
import { type ActorState, outermost } from "./machines/actor-state.ts";
import type { EventContext } from "./machines/event.ts";
import type { Band, Priority } from "./order.ts";

/** States as stored. What each means: docs/architecture.md; what leads from one to another: `machines/event.ts`. */
export const EVENT_STATES = [
  "scheduled",
  "queued",
  "dispatching",
  "delivered",
  "interrupted",
  "returned",
  "acked",
  "dead",
  "cancelled",
  "superseded",
  "lapsed",
  "dropped",
] as const;
export type EventState = (typeof EVENT_STATES)[number];

/** Waiting in the lane: may be claimed. */
export const CLAIMABLE: readonly EventState[] = ["queued", "interrupted", "returned"];

/** Ends: no transition leads out of them. */
export const ENDED: readonly EventState[] = ["acked", "dead", "cancelled", "superseded", "lapsed", "dropped"];

export const ORIGINS = ["webhook", "cron", "message", "hook", "exit", "chat"] as const;
export type Origin = (typeof ORIGINS)[number];

/** What is known of an event when it is stored, and never changes. */
export interface EventFacts {
  id: string;
  account: string;
  lane: Lane;
  origin: Origin;
  priority: Priority;
  /** The source's slug, the cron's label, the sender's tag. */
  from: string;
  sourceId: string | null;
  /** In the grammar of `grammar.ts`. */
  type: string;
  /** The scheme that verified it; null: nobody did. */
  verifiedBy: string | null;
  /** Promise 6: unique with account and source. */
  deliveryId: string | null;
  receivedAt: number;
  /** Of the payload. */
  bytes: number;
  /** Null: nothing of the kind. */
  details: EventDetails | null;
}

/** What the event carries; stored beside the record, and read only to be shown. */
export interface EventContent {
  /** The operator's prompt, outside the boundary. */
  prompt: string | null;
  /** Media type without parameters, lower case. */
  contentType: string;
  payload: string;
  /** Drawn at random, not in the payload: a second delivery is the same text. */
  marker: string;
}

/** An event as stored: its facts and its actor. */
export interface EventRecord {
  kind: "event";
  facts: EventFacts;
  /** Given by the store when the event is appended. */
  seq: number;
  actor: ActorState<EventContext>;
  /** Counts the writes; a write names the one it changes. */
  rev: number;
}

/** What an index of the store is made of: derived from the record, never said twice. */
export interface EventKeys {
  state: EventState;
  band: Band;
  /** Session that holds the claim. */
  claimedBy: string | null;
  /** Session that it is kept for: while that is there, nobody else is given it. */
  keptFor: string | null;
  /** When the next timer is due. */
  dueAt: number | null;
  /** Null: it has not ended. */
  endedAt: number | null;
}

/** The event's state: the outermost of its machine's, which are exactly these (`test/domain` holds the machine to it). */
export const eventState = (record: EventRecord): EventState => outermost(record.actor.value) as EventState;

/** When it ended, Unix ms; null: it has not. What ended as it came in, did so then. */
export function endedAt(record: Pick<EventRecord, "facts" | "actor">): number | null {
  const { settledAt } = record.actor.context;
  return ENDED.includes(outermost(record.actor.value) as EventState)
    ? (settledAt ?? record.facts.receivedAt)
    : null;
}

/** When it ended, or else came in. */
export const momentOf = (record: Pick<EventRecord, "facts" | "actor">): number =>
  endedAt(record) ?? record.facts.receivedAt;

export const isClaimable = (record: EventRecord): boolean => CLAIMABLE.includes(eventState(record));

/** The session that it is for while that is there; null: it is for anybody. */
export const keptFor = ({ actor }: Pick<EventRecord, "actor">): string | null => actor.context.keptFor;

/** What a step asks for, once it is stored: the named actions of the machines, with all that is needed to do them. */
import type { EventRecord } from "../domain/event.ts";
import type { Lane } from "../domain/lane.ts";
import type { Claim } from "../domain/machines/event-words.ts";
import type { SessionRecord } from "../domain/session.ts";
import type { Told } from "./address.ts";

export type EventEffect =
  | { kind: "deliver"; record: EventRecord; claim: Claim }
  | { kind: "recall"; record: EventRecord; claim: Claim; reason: "interrupted" | "withdrawn" | "timed_out" }
  | { kind: "remind"; record: EventRecord; claim: Claim }
  | { kind: "confirm"; record: EventRecord; status: "settled" | "repeated" | "late" }
  | { kind: "offer"; record: EventRecord }
  | { kind: "release"; record: EventRecord; claim: Claim }
  | { kind: "miss"; record: EventRecord; claim: Claim; miss: "surface" | "take" }
  | { kind: "runs"; record: EventRecord };

export type SessionEffect =
  | { kind: "deafen"; record: SessionRecord }
  | { kind: "able"; record: SessionRecord }
  /** `lane`: the one that it served until now. */
  | { kind: "vacate"; record: SessionRecord; lane: Lane };

export type Effect = EventEffect | SessionEffect;

/**
 * Performs what leaves the host, after the commit; what it found out that way is told to the actors. Must not throw: what
 * fails here is mended by the deadlines.
 */
export interface Performer {
  perform(effects: readonly Effect[]): Promise<Told[]>;
}

/** To whom a message goes. An actor is virtual: it costs nothing until something is sent to it. */
import type { EventRecord } from "../domain/event.ts";
import type { EventMessage } from "../domain/machines/event-words.ts";
import type { SessionMessage } from "../domain/machines/session.ts";
import type { SessionRecord } from "../domain/session.ts";

export type Address =
  | { kind: "event"; account: string; id: string }
  | { kind: "session"; account: string; id: string }
  /** The event that this session has in hand: whichever it is, or only if it is this one. */
  | { kind: "hand"; account: string; session: string; event?: string };

type Timeless<M> = M extends { at: number } ? Omit<M, "at"> : never;

/** A message as it is sent; the host adds the time at which it takes it. */
export type EventTold = Timeless<EventMessage>;
export type SessionTold = Timeless<SessionMessage>;

export type Told =
  | { to: Extract<Address, { kind: "event" | "hand" }>; message: EventTold }
  | { to: Extract<Address, { kind: "session" }>; message: SessionTold };

export type ActorRecord = EventRecord | SessionRecord;

/** A record's own address as a map's key. */
export function keyOf(record: ActorRecord): string {
  return record.kind === "event" ? `event ${record.facts.id}` : `session ${record.account} ${record.id}`;
}

export const eventKey = (id: string): string => `event ${id}`;
export const sessionKey = (account: string, id: string): string => `session ${account} ${id}`;

import type { Lane } from "./lane.ts";
import { type ActorState, outermost } from "./machines/actor-state.ts";
import type { SessionContext } from "./machines/session.ts";

export const SESSION_STATES = ["online", "deaf", "away", "gone"] as const;
export type SessionState = (typeof SESSION_STATES)[number];

/** A session as stored. What it has in hand is found by the claims on events. */
export interface SessionRecord {
  kind: "session";
  account: string;
  id: string;
  actor: ActorState<SessionContext>;
  rev: number;
}

/** The session's state: the outermost of its machine's, which are exactly these. */
export const sessionState = (record: SessionRecord): SessionState =>
  outermost(record.actor.value) as SessionState;

/** It serves the lane and surfaces what it is given, or may come back to it inside its grace: what is kept for it waits for it. */
export const isThere = (record: SessionRecord, lane: Lane): boolean =>
  ["online", "away"].includes(sessionState(record)) && record.actor.context.lane === lane;

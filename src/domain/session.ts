import type { ActorState } from "./machines/actor-state.ts";
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

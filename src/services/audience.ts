/** Who hears a message now: the lanes that have connected sessions, as the one that sends sees them. */
import { type Lane, laneName } from "../domain/lane.ts";
import { type SessionRecord, sessionState } from "../domain/session.ts";

export interface Audience {
  /** Lanes with a session that is connected now, the sender's own session not counted. */
  lanes: Lane[];
  /** A session that can be shown it, and takes messages, is connected now. */
  isThere(lane: Lane): boolean;
  /** Why a message to the lane is not taken; null: it is. */
  whyNot(lane: Lane): string | null;
}

/** `sessions`: of the sender's account. A lane with nobody connected takes messages: they wait for whoever comes. */
export function audience(sessions: readonly SessionRecord[], sender: SessionRecord): Audience {
  const others = new Map<Lane, SessionRecord[]>();
  for (const session of sessions) {
    if (session.id === sender.id || !isConnected(session)) continue;
    const { lane } = session.actor.context;
    others.set(lane, [...(others.get(lane) ?? []), session]);
  }
  const own = sender.actor.context.lane;
  const takersIn = (lane: Lane) => (others.get(lane) ?? []).filter(({ actor }) => actor.context.messaging);
  return {
    lanes: [...others.keys()],
    isThere: (lane) => takersIn(lane).some((session) => sessionState(session) === "online"),
    whyNot(lane) {
      if (!others.has(lane)) {
        // It would only be told to itself.
        return lane === own ? "this session serves it, and no other one does now" : null;
      }
      return takersIn(lane).length > 0 ? null : `the sessions of ${laneName(lane)} take no messages`;
    },
  };
}

const isConnected = (session: SessionRecord): boolean => {
  const state = sessionState(session);
  return state === "online" || state === "deaf";
};

/** What a welcomed plugin says, told to the services. Only an ack has an answer, which comes when it is stored. */
import type { ConnectRequest, Presence as PresenceFrame } from "../../proto/gen/signalbox/v1/link_pb.ts";
import type { LiveSession } from "../services/live-session.ts";
import type { Sessions } from "../services/sessions.ts";
import { ackedFrame, ackOf, extensionMs, presenceOf, refOf, type Said, turnLostOf, wayOf } from "./frames.ts";
import { badFrame } from "./refusal.ts";

/** What a session waits for is shown to people: a line. */
const WAITING_FOR_LENGTH = 200;

/** Throws for a frame that no plugin of ours sends. */
export function hear(
  sessions: Sessions,
  live: LiveSession,
  said: ConnectRequest["frame"],
): Promise<Said> | undefined {
  switch (said.case) {
    case "presence":
      hearPresence(sessions, live, said.value);
      return;
    case "surfaced":
      sessions.surfaced(live, refOf(said.value.of), wayOf(said.value.way));
      return;
    case "taken":
      sessions.taken(live, refOf(said.value.of));
      return;
    case "extend": {
      const { of, seconds, waitingFor } = said.value;
      const words = waitingFor === "" ? null : waitingFor.slice(0, WAITING_FOR_LENGTH);
      sessions.extend(live, refOf(of), extensionMs(seconds), words);
      return;
    }
    case "ack":
      return sessions.ack(live, ackOf(said.value), said.value.ready).then(ackedFrame);
    case "held":
      sessions.held(live, refOf(said.value.of));
      return;
    default:
      throw badFrame(`unexpected frame ${said.case ?? "without a kind"}`);
  }
}

function hearPresence(sessions: Sessions, live: LiveSession, said: PresenceFrame): void {
  sessions.presence(live, presenceOf(said), said.life);
  const why = turnLostOf(said.turnLost);
  if (why !== null) sessions.turnLost(live, refOf(said.lost), why);
}

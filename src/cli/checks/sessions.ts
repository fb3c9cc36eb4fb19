/** Connected is not able (promise 13): whether a session is there that would show an event. */
import type { GetAccountResponse, SessionInfo } from "../../../proto/gen/signalbox/v1/control_pb.ts";
import { laneName } from "../../domain/lane.ts";
import { type Finding, ok, warn } from "./finding.ts";

export function checkSessions({ sessions }: GetAccountResponse): Finding[] {
  if (sessions.length === 0) {
    return [
      warn(
        "no session is connected; events wait",
        "Start `claude`; if one runs, /mcp there shows the plugin's state",
      ),
    ];
  }
  return sessions.map(checkSession);
}

function checkSession(session: SessionInfo): Finding {
  const name = `session ${session.session} (${session.project || session.client}, lane ${laneName(session.lane)})`;
  if (session.state !== "online") {
    return warn(`${name} is ${session.state}`, session.cure || "Type something in that session");
  }
  if (session.way === "wake" && !session.waiter) {
    return warn(
      `${name} is online without a waiter`,
      session.cure || "Type something in that session: its hooks start one",
    );
  }
  return ok(`${name} is online${session.waiter ? ", with a waiter" : ""}; ${interruptWords(session)}`);
}

/** Only hooks that call can stop a turn. */
function interruptWords({ interruptible, hooks }: SessionInfo): string {
  if (interruptible) return "an interrupt stops what it works on, at its next tool call";
  const why = hooks ? "its hooks can't stop a turn now" : "no hooks of the plugin have called there";
  return `an interrupt waits until it is done with what it has in hand (${why})`;
}

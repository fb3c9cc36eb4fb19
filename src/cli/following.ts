/** An event followed to its end, a line for each step; and why one still waits. */
import type {
  EventInfo,
  GetAccountResponse,
  SessionInfo,
  WatchEventResponse,
} from "../../proto/gen/signalbox/v1/control_pb.ts";
import { withoutStop } from "../domain/errors.ts";
import { type Lane, laneName, tagOfLane } from "../domain/lane.ts";
import { oneLine } from "./one-line.ts";
import { reasonWords } from "./reason-words.ts";

export type Ending =
  | { kind: "acked" }
  /** Ended otherwise: dead, dropped, cancelled, … */
  | { kind: "ended"; state: string }
  /** No longer watched: time was up, or the server left. */
  | { kind: "waiting" };

const ENDS = ["dead", "cancelled", "superseded", "lapsed", "dropped"];

export async function follow(
  steps: AsyncIterable<WatchEventResponse>,
  tell: (line: string) => void,
): Promise<Ending> {
  let told = "";
  for await (const { event, atMs } of steps) {
    if (event === undefined) continue;
    const line = stepLine(event);
    // A step inside a state (a sign of life, a reminder) is none of the event's way.
    if (line !== told) tell(`${timeOf(Number(atMs))}  ${line}`);
    told = line;
    if (event.state === "acked") return { kind: "acked" };
    if (ENDS.includes(event.state)) return { kind: "ended", state: event.state };
  }
  return { kind: "waiting" };
}

export const timeOf = (ms: number): string => new Date(ms).toTimeString().slice(0, 8);

function stepLine({ state, reason, session, summary, outcome, delivery, lane }: EventInfo): string {
  switch (state) {
    case "queued":
      return `queued       in lane ${laneName(lane)}`;
    case "dispatching":
      return `dispatching  to session ${session}, delivery ${delivery}`;
    case "delivered":
      return `delivered    the conversation has it`;
    case "acked":
      return `acked        ${outcome}: ${oneLine(summary)}`;
    default:
      return `${state.padEnd(12)} ${reasonWords(reason)}`.trimEnd();
  }
}

/** Why the event is not done yet, and what to do about it. */
export function whyWaiting(id: string, lane: Lane, account: GetAccountResponse): string {
  const serving = account.sessions.filter((session) => session.lane === lane);
  const having = serving.find((session) => session.inHand === id);
  if (having !== undefined)
    return `Session ${having.session} has it in hand and has not acknowledged it yet.${cure(having)}`;
  const unserved = whyUnserved(lane, account);
  if (unserved !== null) return unserved;
  const able = serving.find(isAble);
  const busy =
    able === undefined || able.inHand === ""
      ? ""
      : ` Session ${able.session} has ${able.inHand} in hand first.`;
  return `It waits in lane ${laneName(lane)}.${busy}`;
}

/** Why no session of the lane can be given an event, and what to do about it; null: one can. */
export function whyUnserved(lane: Lane, { sessions }: GetAccountResponse): string | null {
  const serving = sessions.filter((session) => session.lane === lane);
  if (serving.some(isAble)) return null;
  if (serving.length > 0) {
    return serving
      .map((session) => `Session ${session.session} is ${session.state}.${cure(session)}`)
      .join(" ");
  }
  const tag = tagOfLane(lane);
  const start = tag === null ? "`claude`" : `\`SIGNALBOX_SESSION=${tag} claude\``;
  const others = [...new Set(sessions.map((session) => laneName(session.lane)))];
  const hint = others.length === 0 ? "" : ` Sessions are there for: ${others.join(", ")}.`;
  return `No session serves lane ${laneName(lane)}.${hint} Start ${start} in another terminal; the event waits for it.`;
}

const isAble = ({ state, cure }: SessionInfo): boolean => state === "online" && cure === "";

const cure = (session: { cure: string }) =>
  session.cure === "" ? "" : ` What to do: ${withoutStop(session.cure)}.`;

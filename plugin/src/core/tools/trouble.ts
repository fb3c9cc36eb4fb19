/** Why there are no events, or no answers, and what to do about it. */
import type { Configuration } from "../configuration.ts";
import type { Parts } from "../parts.ts";
import type { CallFailed } from "../ports/transport.ts";

export interface Trouble {
  text: string;
  /** A link is just being made. */
  passing: boolean;
}

/** Null: the link is well. */
export async function linkTrouble(parts: Parts): Promise<Trouble | null> {
  const { link } = parts;
  const text = await troubleText(parts);
  return text === null
    ? null
    : { text, passing: link.state === "connecting" || link.state === "authenticating" };
}

async function troubleText({ membership, link, deadToken }: Parts): Promise<string | null> {
  const standing = await membership.standing();
  if (standing.kind === "unconfigured" || standing.kind === "bad_tag") {
    link.nudge();
    return standing.problem;
  }
  if (standing.kind === "outside") return `This session takes no events: ${standing.why}.`;
  const { state, context } = link;
  if (state === "online") return null;
  const refusal = context.refusal ?? deadToken.refusalOf(standing.configuration.fingerprint);
  if (refusal !== null) {
    link.nudge();
    const { message, cure } = refusal;
    return `The server at ${standing.configuration.remote} refuses the link: ${inSentences(message, cure)}`;
  }
  if (state === "drained") return "The server is restarting; the link comes back by itself.";
  return unreachable(standing.configuration, context.problem);
}

export function unreachable({ remote }: Configuration, reason: string): string {
  const why = reason === "" ? "" : ` (${reason})`;
  return `The Signalbox server at ${remote} can't be reached${why}. If it is not running, start it with npm start in its clone; the link comes back by itself.`;
}

/** For a call that failed. */
export function callTrouble(configuration: Configuration, { failure, message, cure }: CallFailed): string {
  switch (failure) {
    case "unavailable":
      // A server that says what is to be done was reached.
      return cure === undefined ? unreachable(configuration, message) : inSentences(message, cure);
    case "unauthenticated":
      return `The server at ${configuration.remote} does not accept the connection token of ${configuration.path}. Run npm run connect in the clone of Signalbox.`;
    case "other":
      return inSentences(message, cure ?? "");
    default:
      return failure satisfies never;
  }
}

const inSentences = (message: string, cure: string): string =>
  `${sentence(message)} ${sentence(cure)}`.trim();

function sentence(text: string): string {
  const trimmed = text.trim();
  return trimmed === "" || /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

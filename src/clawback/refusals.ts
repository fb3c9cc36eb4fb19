/** Why a client of Clawback's wire is sent away, or a request of its is refused. */
import { reasonOf, SignalboxError } from "../domain/errors.ts";
import type { Log } from "../services/log.ts";

/** What is known is said; a bug is told as such, without its text, which may hold anything. */
export function knownOf(error: unknown, log: Log): SignalboxError {
  if (error instanceof SignalboxError) return error;
  log.error({ error: reasonOf(error) }, "clawback's link failed");
  return new SignalboxError("unavailable", "internal", "the server failed", "Its log says more");
}

export const badFrame = (what: string): SignalboxError =>
  new SignalboxError(
    "invalid",
    "bad_frame",
    `a frame can't be understood: ${what}`,
    "Use a plugin that speaks Clawback's wire",
  );

export const badTag = (): SignalboxError =>
  new SignalboxError("invalid", "bad_tag", "the sessionTag is no tag", "A tag has 1 to 64 of a-z 0-9 . _ -");

export const tooFast = (): SignalboxError =>
  new SignalboxError("invalid", "too_fast", "too many frames", "Send fewer, and connect again");

export const silentLink = (): SignalboxError =>
  new SignalboxError("unavailable", "link_silent", "no pong came", "Nothing is to be done; connect again");

export const secretNeeded = (type: string): SignalboxError =>
  new SignalboxError(
    "invalid",
    "secret_needed",
    `a source of type ${type} needs a secret`,
    "Choose one and give it as secret, here and to whoever sends",
  );

export const notSent = (reason: string): SignalboxError =>
  new SignalboxError(
    "forbidden",
    "not_sent",
    reason || "nobody takes the message",
    "session_list tells who does",
  );

/** Why a link is refused, in the words that the plugin shows. */
import { ZodError } from "zod";
import { SignalboxError, TooOften } from "../domain/errors.ts";

/** The link protocol that this server speaks; a plugin with another one is refused, with the cure. */
export const PROTOCOL = 1;

export interface Refusal {
  code: string;
  message: string;
  cure: string;
  /** Trying again by itself may help. */
  retry: boolean;
}

/** A bug is told as such, without its text, which may hold anything. */
export function refusalOf(error: unknown): Refusal {
  const known = error instanceof ZodError ? badFrame(whatIsWrong(error)) : error;
  if (!(known instanceof SignalboxError)) {
    return { code: "internal", message: "the server failed", cure: "Its log says more", retry: true };
  }
  const { code, message, cure, kind } = known;
  return { code, message, cure, retry: kind === "unavailable" || known instanceof TooOften };
}

export function badFrame(what: string): SignalboxError {
  return new SignalboxError(
    "invalid",
    "bad_frame",
    `a frame can't be understood: ${what}`,
    "Update the plugin and the server to the same version",
  );
}

export const sessionTakenOver = (): SignalboxError =>
  new SignalboxError(
    "conflict",
    "taken_over",
    "another process has this session now",
    "Nothing is to be done if it was restarted",
  );

export function requireProtocol(protocol: number): void {
  if (protocol === PROTOCOL) return;
  const older = protocol < PROTOCOL ? "plugin" : "server";
  throw new SignalboxError(
    "invalid",
    "protocol",
    `the plugin speaks link protocol ${protocol}, this server ${PROTOCOL}`,
    `Update the ${older}`,
  );
}

/** What is wrong with a frame, without what it says. */
const whatIsWrong = (error: ZodError): string =>
  error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");

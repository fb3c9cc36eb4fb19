import { SignalboxError } from "../domain/errors.ts";

export interface Refusal {
  code: string;
  message: string;
  cure: string;
  /** Trying again by itself may help. */
  retry: boolean;
}

/** What the plugin is told when its link is refused. A bug is told as such, without its text. */
export function refusalOf(error: unknown): Refusal {
  if (!(error instanceof SignalboxError)) {
    return { code: "internal", message: "the server failed", cure: "Its log says more", retry: true };
  }
  const { code, message, cure, kind } = error;
  return { code, message, cure, retry: kind === "unavailable" };
}

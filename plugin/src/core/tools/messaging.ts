/** What the tools of messages have in common. */
import type { Parts } from "../parts.ts";
import { refusal, type ToolAnswer } from "./tool.ts";

/** `sessionMessaging: false` takes no part in either direction. Null: it takes part. */
export async function messagingOff({ membership }: Parts): Promise<ToolAnswer | null> {
  const standing = await membership.standing();
  if (standing.kind === "unconfigured" || standing.configuration.sessionMessaging) return null;
  return refusal(
    `This session takes no part in messages: "sessionMessaging" is false in ${standing.configuration.path}.`,
  );
}

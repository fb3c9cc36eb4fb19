import * as z from "zod";
import { ControlService, type SessionInfo } from "../../../../proto/gen/signalbox/v1/control_pb.ts";
import type { Parts } from "../parts.ts";
import { ask } from "./ask.ts";
import { plain, word } from "./names.ts";
import { tokensWords } from "./source-words.ts";
import { answer, type Tool, tool } from "./tool.ts";
import { linkTrouble } from "./trouble.ts";

const input = z.strictObject({});

export function accountInfo(parts: Parts): Tool {
  return tool({
    name: "account_info",
    description:
      "Signalbox: the account's profile id and webhook base URL, its connected sessions, this session's tag and how its link is.",
    input,
    run: async () => {
      const asked = await ask(parts, ControlService.method.getAccount, {});
      if (asked.kind === "trouble") return asked.answer;
      const {
        profileId,
        webhookBaseUrl,
        sessions,
        tokenLabel,
        serverVersion,
        omittedBytes,
        accountLabel,
        identity,
      } = asked.response;
      const trouble = await linkTrouble(parts);
      const { hand, ways, membership } = parts;
      const standing = await membership.standing();
      const warnings = standing.kind === "unconfigured" ? [] : standing.configuration.warnings;
      return answer(
        [
          ...accountLine(accountLabel, identity),
          `Profile: ${profileId}`,
          `Webhook base URL: ${webhookBaseUrl}`,
          `This session: ${asked.tag === "" ? "untagged" : `tag ${asked.tag}`}, events come by ${ways.next}, ${hand.event === null ? "nothing in hand" : `${hand.event.eventId} in hand`}`,
          `Interrupts: ${ways.hooksCall ? "stop a running turn at its next tool call" : "wait for the event in hand: no hook has called that could stop a turn"}`,
          `Link: ${trouble?.text ?? "online"}`,
          `Token: ${plain(tokenLabel) || "without a label"}. Server: ${serverVersion}. Plugin: ${parts.surroundings.pluginVersion}.`,
          ...(omittedBytes === 0n ? [] : [`Saved by the fields of routes: ${tokensWords(omittedBytes)}`]),
          sessions.length === 0 ? "No session is connected." : "Sessions:",
          ...sessions.map(sessionLine),
          ...warnings.map((warning) => `Warning: ${warning}`),
        ].join("\n"),
      );
    },
  });
}

/** An older server does not tell. */
function accountLine(label: string, identity: string): string[] {
  if (label === "") return [];
  return [`Account: ${plain(label)}, ${identity === "" ? "the server's own" : plain(identity)}`];
}

function sessionLine({ lane, state, client, project, inHand, cure }: SessionInfo): string {
  const where = [client, project]
    .filter((part) => part !== "")
    .map(word)
    .join(", ");
  const has = inHand === "" ? "" : `, has ${inHand}`;
  const mend = cure === "" ? "" : `: ${cure}`;
  return `- ${laneName(lane)}: ${state}${where === "" ? "" : ` (${where})`}${has}${mend}`;
}

/** `tag:deploys`, `tag:` or a bare tag, for people. */
export function laneName(lane: string): string {
  const tag = lane.replace(/^tag:/, "");
  return tag === "" ? "untagged" : tag;
}

import * as z from "zod";
import { ControlService } from "../../../../proto/gen/signalbox/v1/control_pb.ts";
import type { Parts } from "../parts.ts";
import { isTag, TAG_RULE } from "../tag.ts";
import { ask } from "./ask.ts";
import { quoted } from "./names.ts";
import { tokenLabel } from "./token-words.ts";
import { answer, refusal, type Tool, tool } from "./tool.ts";

/** Enough to know it by, and too little to guess it from. */
const SHOWN = "cbt_".length + 4;

const input = z.strictObject({
  label: tokenLabel.optional().describe("What it is for, such as laptop"),
  session: z
    .string()
    .refine(isTag, TAG_RULE)
    .optional()
    .describe(
      "Tag that it is bound to: it serves these sessions alone; default: it reaches what this session's own does",
    ),
});

export function tokenCreate(parts: Parts): Tool {
  return tool({
    name: "token_create",
    description:
      "Make another Signalbox connection token, for another machine, script or session. It is put into a new file that only its owner can read, and never shown.",
    input,
    run: async ({ label = "", session }) => {
      const asked = await ask(parts, ControlService.method.createToken, {
        label,
        tags: session === undefined ? [] : [session],
      });
      if (asked.kind === "trouble") return asked.answer;
      const { id, token } = asked.response;
      const standing = await parts.membership.standing();
      if (standing.kind === "unconfigured") return refusal(standing.problem);
      const { remote, caFile } = standing.configuration;
      const content = {
        remote,
        connectionToken: token,
        ...(session !== undefined && { session }),
        ...(caFile !== undefined && { ca: caFile }),
      };
      try {
        const path = await parts.tokenKeeping.keep(`${id}.json`, `${JSON.stringify(content, null, 2)}\n`);
        return answer(
          [
            `The token ${label === "" ? "" : `${quoted(label)} `}(${id}, ${token.slice(0, SHOWN)}…) is made${session === undefined ? "" : `, bound to ${session}`}.`,
            `It is in ${path}, which only its owner can read; do not read it into the conversation.`,
            `The file is a whole configuration: SIGNALBOX_CONFIG may name it, or it is moved to the other machine as ~/.claude/channels/signalbox/config.json.`,
          ].join("\n"),
        );
      } catch {
        // What nobody has must not stay good.
        await ask(parts, ControlService.method.revokeToken, { id });
        return refusal(
          "The token could not be written beside the configuration, and was revoked again. Make room there, or the folder writable, and try again.",
        );
      }
    },
  });
}

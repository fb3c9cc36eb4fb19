import * as z from "zod";
import { ControlService } from "../../../../proto/gen/signalbox/v1/control_pb.ts";
import type { Parts } from "../parts.ts";
import { ask } from "./ask.ts";
import { quoted } from "./names.ts";
import { answer, refusal, type Tool, tool } from "./tool.ts";

const input = z.strictObject({
  id: z
    .string()
    .regex(/^tok_[a-z0-9]+$/, "takes an id of token_list, tok_…")
    .describe("The token's id, tok_…"),
});

export function tokenRevoke(parts: Parts): Tool {
  return tool({
    name: "token_revoke",
    description:
      "Revoke a Signalbox connection token, by its id: it lets nobody in any more, and what it has let in is cut off at once.",
    input,
    run: async ({ id }) => {
      const listed = await ask(parts, ControlService.method.listTokens, {});
      if (listed.kind === "trouble") return listed.answer;
      const { tokens } = listed.response;
      if (tokens.find((token) => token.id === id)?.current === true) {
        return refusal(
          `${id} is the token of this session itself. token_rotate puts a new one in its place; npm run tokens -- revoke ${id}, in the clone of Signalbox, revokes it all the same.`,
        );
      }
      const asked = await ask(parts, ControlService.method.revokeToken, { id });
      if (asked.kind === "trouble") return asked.answer;
      const { label, links } = asked.response;
      const cut = links === 0 ? "" : ` ${links} ${links === 1 ? "link was" : "links were"} cut off.`;
      return answer(`${id} ${quoted(label, 100)} is revoked.${cut}`);
    },
  });
}

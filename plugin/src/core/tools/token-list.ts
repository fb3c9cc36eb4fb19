import * as z from "zod";
import { ControlService } from "../../../../proto/gen/signalbox/v1/control_pb.ts";
import type { Parts } from "../parts.ts";
import { ask } from "./ask.ts";
import { tokenLine } from "./token-words.ts";
import { answer, type Tool, tool } from "./tool.ts";

const input = z.strictObject({});

export function tokenList(parts: Parts): Tool {
  return tool({
    name: "token_list",
    description:
      "List the account's Signalbox connection tokens: id, label, when each was made and last seen, which is this session's own. Never the tokens themselves.",
    input,
    run: async () => {
      const asked = await ask(parts, ControlService.method.listTokens, {});
      return asked.kind === "trouble"
        ? asked.answer
        : answer(asked.response.tokens.map(tokenLine).join("\n"));
    },
  });
}

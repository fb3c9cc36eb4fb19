import * as z from "zod";
import { ControlService } from "../../../../proto/gen/signalbox/v1/control_pb.ts";
import type { Parts } from "../parts.ts";
import { ask } from "./ask.ts";
import { cronLines, promptShare } from "./cron-words.ts";
import { answer, type Tool, tool } from "./tool.ts";

const MOST = 50;
const LIMIT_RULE = `takes 1 to ${MOST}`;

const CUT = "Prompts are cut here. One is told whole with limit 1, and after: the id before it.";

const input = z.strictObject({
  after: z.string().min(1).max(64).optional().describe("Go on behind the cron of this id"),
  limit: z.int(LIMIT_RULE).min(1, LIMIT_RULE).max(MOST, LIMIT_RULE).default(MOST),
});

export function cronList(parts: Parts): Tool {
  return tool({
    name: "cron_list",
    description:
      "List the account's Signalbox crons, with their next three times, the last one that fired, and what was missed.",
    input,
    run: async ({ after = "", limit }) => {
      const asked = await ask(parts, ControlService.method.listCrons, { after, limit });
      if (asked.kind === "trouble") return asked.answer;
      const { crons, more } = asked.response;
      if (crons.length === 0) {
        return answer(
          after === "" ? "There are no crons. cron_create makes one." : "There are no more crons.",
        );
      }
      const last = crons.at(-1)?.id ?? "";
      const rest = more ? [`There are more: call cron_list with after "${last}".`] : [];
      const share = promptShare(crons.length);
      const isCut = crons.some(({ prompt }) => prompt.length > share);
      return answer(
        [...crons.flatMap((cron) => cronLines(cron, share)), ...(isCut ? [CUT] : []), ...rest].join("\n"),
      );
    },
  });
}

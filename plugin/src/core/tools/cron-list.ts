import * as z from "zod";
import { ControlService } from "../../../../proto/gen/signalbox/v1/control_pb.ts";
import type { Parts } from "../parts.ts";
import { ask } from "./ask.ts";
import { cronLines } from "./cron-words.ts";
import { answer, type Tool, tool } from "./tool.ts";

export function cronList(parts: Parts): Tool {
  return tool({
    name: "cron_list",
    description:
      "List the account's Signalbox crons, with their next three times, the last one that fired, and what was missed.",
    input: z.strictObject({
      after: z.string().min(1).max(64).optional().describe("Go on behind the cron of this id"),
    }),
    run: async ({ after = "" }) => {
      const asked = await ask(parts, ControlService.method.listCrons, { after });
      if (asked.kind === "trouble") return asked.answer;
      const { crons, more } = asked.response;
      if (crons.length === 0) {
        return answer(
          after === "" ? "There are no crons. cron_create makes one." : "There are no more crons.",
        );
      }
      const last = crons.at(-1)?.id ?? "";
      const rest = more ? [`There are more: call cron_list with after "${last}".`] : [];
      return answer([...crons.flatMap(cronLines), ...rest].join("\n"));
    },
  });
}

import * as z from "zod";
import { ControlService } from "../../../../proto/gen/signalbox/v1/control_pb.ts";
import type { Parts } from "../parts.ts";
import { ask } from "./ask.ts";
import { common, inOurWords, onTheWire, prompt, schedule } from "./cron-arguments.ts";
import { cronLines } from "./cron-words.ts";
import { answer, refusal, type Tool, tool } from "./tool.ts";
import { whoAsks } from "./who-asks.ts";

const input = z.strictObject({
  id: z.string().min(1).describe("The cron's id, cron_…"),
  paused: z
    .boolean()
    .optional()
    .describe("true pauses it: nothing is due and nothing is missed; false: it goes on"),
  schedule: schedule.optional(),
  prompt: prompt.optional(),
  ...common,
  session: common.session.describe('Tag of the sessions that get its events; "": untagged sessions'),
});

export function cronUpdate(parts: Parts): Tool {
  return tool({
    name: "cron_update",
    description:
      "Change a Signalbox cron, pause it, or let it go on. What is not given stays as it is; its own events that already wait stay, too.",
    input,
    run: async ({ id, paused, schedule, prompt, ...rest }) => {
      const change = {
        ...(paused !== undefined && { paused }),
        ...(schedule !== undefined && { schedule }),
        ...(prompt !== undefined && { prompt }),
        ...onTheWire(rest),
      };
      if (Object.keys(change).length === 0) {
        return refusal(
          "cron_update: nothing to change was given. Give paused, schedule, prompt or another argument.",
        );
      }
      const asked = await ask(parts, ControlService.method.updateCron, { id, ...change, ...whoAsks(parts) });
      if (asked.kind === "trouble") return { ...asked.answer, text: inOurWords(asked.answer.text) };
      const { cron } = asked.response;
      return answer(["The cron is changed:", ...(cron === undefined ? [] : cronLines(cron))].join("\n"));
    },
  });
}

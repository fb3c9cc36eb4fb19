import * as z from "zod";
import { ControlService } from "../../../../proto/gen/signalbox/v1/control_pb.ts";
import type { Parts } from "../parts.ts";
import { ask } from "./ask.ts";
import { cronLines } from "./cron-words.ts";
import { answer, type Tool, tool } from "./tool.ts";

export function cronRun(parts: Parts): Tool {
  return tool({
    name: "cron_run",
    description:
      "Run a Signalbox cron now, also one that is paused: it makes one event. Its schedule stays as it is.",
    input: z.strictObject({ id: z.string().min(1).describe("The cron's id, cron_…") }),
    run: async ({ id }) => {
      const asked = await ask(parts, ControlService.method.runCron, { id });
      if (asked.kind === "trouble") return asked.answer;
      const { cron, eventId } = asked.response;
      return answer(
        [`${eventId} is made and waits in its lane.`, ...(cron === undefined ? [] : cronLines(cron))].join(
          "\n",
        ),
      );
    },
  });
}

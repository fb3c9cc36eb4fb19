import * as z from "zod";
import { ControlService } from "../../../../proto/gen/signalbox/v1/control_pb.ts";
import type { Parts } from "../parts.ts";
import { ask } from "./ask.ts";
import { cronLines } from "./cron-words.ts";
import { answer, refusal, type Tool, tool } from "./tool.ts";
import { whoAsks } from "./who-asks.ts";

const input = z.strictObject({ id: z.string().min(1).describe("The cron's id, cron_…") });

export function cronRun(parts: Parts): Tool {
  return tool({
    name: "cron_run",
    description:
      "Run a Signalbox cron now, also one that is paused: it makes one event. Its schedule stays as it is.",
    input,
    run: async ({ id }, signal) => {
      const by = whoAsks(parts);
      const asked = await parts.sending.send(
        `cron_run ${id}`,
        (requestId) => ask(parts, ControlService.method.runCron, { id, ...by, requestId }),
        (told) => told.kind === "trouble" && told.lost,
        signal,
      );
      if (asked.kind === "trouble" && asked.lost)
        return refusal(
          `${asked.answer.text} Whether it ran is not known; called again for the same cron it makes no second event.`,
        );
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

import * as z from "zod";
import { ControlService } from "../../../../proto/gen/signalbox/v1/control_pb.ts";
import type { Parts } from "../parts.ts";
import { ask } from "./ask.ts";
import { answer, refusal, type Tool, tool } from "./tool.ts";

const input = z.strictObject({ id: z.string().min(1).describe("The cron's id, cron_…") });

export function cronDelete(parts: Parts): Tool {
  return tool({
    name: "cron_delete",
    description: "Delete a Signalbox cron: it makes no more events. Those that it has made stay.",
    input,
    run: async ({ id }) => {
      const asked = await ask(parts, ControlService.method.deleteCron, { id });
      if (asked.kind === "trouble") return asked.answer;
      return asked.response.removed
        ? answer(`${id} is deleted. Its events that already wait stay.`)
        : refusal(`There is no cron ${id}. cron_list tells the ids.`);
    },
  });
}

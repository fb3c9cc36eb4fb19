import * as z from "zod";
import { ControlService } from "../../../../proto/gen/signalbox/v1/control_pb.ts";
import type { Parts } from "../parts.ts";
import { ask } from "./ask.ts";
import { answer, refusal, type Tool, tool } from "./tool.ts";

const input = z.strictObject({ id: z.string().min(1).describe("The source's id, src_…") });

export function sourceDelete(parts: Parts): Tool {
  return tool({
    name: "source_delete",
    description: "Delete a Signalbox webhook source: its URL takes no more requests.",
    input,
    run: async ({ id }) => {
      const asked = await ask(parts, ControlService.method.deleteSource, { id });
      if (asked.kind === "trouble") return asked.answer;
      return asked.response.removed
        ? answer(`${id} is deleted.`)
        : refusal(`There is no source ${id}. source_list tells the ids.`);
    },
  });
}

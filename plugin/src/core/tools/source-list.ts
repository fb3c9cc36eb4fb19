import * as z from "zod";
import { ControlService } from "../../../../proto/gen/signalbox/v1/control_pb.ts";
import type { Parts } from "../parts.ts";
import { ask } from "./ask.ts";
import { sourceLines } from "./source-words.ts";
import { answer, type Tool, tool } from "./tool.ts";

export function sourceList(parts: Parts): Tool {
  return tool({
    name: "source_list",
    description: "List the account's Signalbox webhook sources, with their URLs.",
    input: z.strictObject({}),
    run: async () => {
      const asked = await ask(parts, ControlService.method.listSources, {});
      if (asked.kind === "trouble") return asked.answer;
      const { sources } = asked.response;
      if (sources.length === 0) return answer("There are no sources. source_create makes one.");
      return answer(sources.flatMap(sourceLines).join("\n"));
    },
  });
}

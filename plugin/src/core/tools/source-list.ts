import * as z from "zod";
import { ControlService } from "../../../../proto/gen/signalbox/v1/control_pb.ts";
import type { Parts } from "../parts.ts";
import { ask } from "./ask.ts";
import { plain } from "./names.ts";
import { routesShare, sourceLines } from "./source-words.ts";
import { answer, type Tool, tool } from "./tool.ts";

const MOST = 50;
const LIMIT_RULE = `takes 1 to ${MOST}`;

const input = z.strictObject({
  after: z.string().min(1).max(64).optional().describe("Go on behind the source of this slug"),
  limit: z.int(LIMIT_RULE).min(1, LIMIT_RULE).max(MOST, LIMIT_RULE).default(MOST),
});

export function sourceList(parts: Parts): Tool {
  return tool({
    name: "source_list",
    description: "List the account's Signalbox webhook sources, with their URLs.",
    input,
    run: async ({ after, limit }) => {
      const asked = await ask(parts, ControlService.method.listSources, {});
      if (asked.kind === "trouble") return asked.answer;
      const { sources } = asked.response;
      // They come in the order of their slugs.
      const behind = sources.filter(({ slug }) => after === undefined || slug > after);
      if (behind.length === 0) {
        return answer(
          sources.length === 0
            ? "There are no sources. source_create makes one."
            : "There are no more sources.",
        );
      }
      const told = behind.slice(0, limit);
      const share = routesShare(told.length);
      const last = told.at(-1)?.slug ?? "";
      const rest =
        behind.length > limit ? [`There are more: call source_list with after "${plain(last)}".`] : [];
      return answer([...told.flatMap((source) => sourceLines(source, share)), ...rest].join("\n"));
    },
  });
}

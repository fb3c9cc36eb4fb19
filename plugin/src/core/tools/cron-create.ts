import * as z from "zod";
import { ControlService } from "../../../../proto/gen/signalbox/v1/control_pb.ts";
import type { Parts } from "../parts.ts";
import { ask } from "./ask.ts";
import { common, inOurWords, onTheWire, prompt, schedule } from "./cron-arguments.ts";
import { cronLines } from "./cron-words.ts";
import { answer, type Tool, tool } from "./tool.ts";
import { whoAsks } from "./who-asks.ts";

const input = z.strictObject({
  schedule,
  prompt,
  ...common,
  session: common.session.describe(
    'Tag of the sessions that get its events; default: this session\'s own; "": untagged sessions',
  ),
});

export function cronCreate(parts: Parts): Tool {
  return tool({
    name: "cron_create",
    description:
      "Create a Signalbox cron: a persistent schedule that sends a prompt to sessions, also to ones that come later. It has no expiry.",
    input,
    run: async ({ schedule, prompt, ...rest }) => {
      const asked = await ask(parts, ControlService.method.createCron, (tag) => ({
        schedule,
        prompt,
        tag,
        ...onTheWire(rest),
        ...whoAsks(parts),
      }));
      if (asked.kind === "trouble") return { ...asked.answer, text: inOurWords(asked.answer.text) };
      const { cron } = asked.response;
      return answer(["The cron is made:", ...(cron === undefined ? [] : cronLines(cron))].join("\n"));
    },
  });
}

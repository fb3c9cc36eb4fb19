import * as z from "zod";
import { ControlService } from "../../../../proto/gen/signalbox/v1/control_pb.ts";
import type { Parts } from "../parts.ts";
import { ask } from "./ask.ts";
import { ledBy } from "./led-by.ts";
import { inOurWords, onTheWire, settings } from "./source-arguments.ts";
import { TYPE_WORDS } from "./source-proof.ts";
import { changedText } from "./source-words.ts";
import { answer, type Tool, tool } from "./tool.ts";

const input = z.strictObject({
  slug: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9._-]{0,63}$/,
      "a slug has 1 to 64 of a-z 0-9 . _ - and starts with a letter or digit",
    )
    .describe("Last part of the URL"),
  type: z.string().max(40).default("generic").describe(TYPE_WORDS),
  ...settings,
});

export function sourceCreate(parts: Parts): Tool {
  return tool({
    name: "source_create",
    description:
      "Create a Signalbox webhook source and get the URL to paste at the provider. The same slug again adds a secret or changes the rest.",
    input,
    run: async ({ slug, session, ...rest }) => {
      const cause = ledBy(parts);
      const asked = await ask(parts, ControlService.method.createSource, (tag) => ({
        slug,
        ...onTheWire({ ...rest, session: session ?? tag }),
        cause,
      }));
      if (asked.kind === "trouble") return { ...asked.answer, text: inOurWords(asked.answer.text) };
      const lead = asked.response.updated ? "The source was there and is changed:" : "The source is made:";
      return answer(changedText(lead, asked.response));
    },
  });
}

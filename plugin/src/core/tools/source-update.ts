import * as z from "zod";
import { ControlService } from "../../../../proto/gen/signalbox/v1/control_pb.ts";
import type { Parts } from "../parts.ts";
import { ask } from "./ask.ts";
import { ledBy } from "./led-by.ts";
import { CLEARABLE, inOurWords, onTheWire, settings, wireName } from "./source-arguments.ts";
import { TYPE_WORDS } from "./source-proof.ts";
import { changedText } from "./source-words.ts";
import { answer, refusal, type Tool, tool } from "./tool.ts";

const input = z.strictObject({
  id: z.string().min(1).describe("The source's id, src_…"),
  type: z.string().max(40).optional().describe(TYPE_WORDS),
  ...settings,
  session: settings.session.describe('Tag of the sessions that get its events; "": untagged sessions'),
  clear: z.array(z.enum(CLEARABLE)).optional().describe("Settings to take away, so that the default holds"),
});

export function sourceUpdate(parts: Parts): Tool {
  return tool({
    name: "source_update",
    description:
      "Change a Signalbox webhook source: what is not given stays as it is. A secret is added to those that it has. Its URL stays; events that already wait stay as they are.",
    input,
    run: async ({ id, clear = [], ...given }) => {
      const named = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name]));
      const both = clear.find((name) => named.includes(name));
      if (both !== undefined) return refusal(`source_update: ${both} is given and to be taken away; do one.`);
      const paths = [...named, ...clear].map(wireName);
      if (paths.length === 0) {
        return refusal(
          "source_update: nothing to change was given. Give routes, secret, session or another argument.",
        );
      }
      const asked = await ask(parts, ControlService.method.updateSource, {
        id,
        settings: { ...onTheWire(given), cause: ledBy(parts) },
        mask: { paths },
      });
      if (asked.kind === "trouble") return { ...asked.answer, text: inOurWords(asked.answer.text) };
      return answer(changedText("The source is changed:", asked.response));
    },
  });
}

import * as z from "zod";
import {
  ControlService,
  type Posted,
  type SendMessageResponse,
} from "../../../../proto/gen/signalbox/v1/control_pb.ts";
import type { Parts } from "../parts.ts";
import { laneName } from "./account-info.ts";
import { ask } from "./ask.ts";
import { messagingOff } from "./messaging.ts";
import { plain } from "./names.ts";
import { answer, refusal, type Tool, type ToolAnswer, tool } from "./tool.ts";
import { whoAsks } from "./who-asks.ts";

/** As Clawback's tools call it; its bytes are the server's to count. */
const LONGEST_MESSAGE = 32_768;

const input = z.strictObject({
  target: z
    .string()
    .max(4_096)
    .optional()
    .describe(
      'Tag of the sessions; several with commas between them; "untagged"; "*": every lane that is connected now. With reply_to the default is who sent that',
    ),
  message: z
    .string()
    .min(1, "say what it is about")
    .max(LONGEST_MESSAGE, `at most ${LONGEST_MESSAGE} characters; put what is long into a file`)
    .describe("What the other session needs to know; it has not seen this conversation"),
  priority: z.enum(["normal", "priority", "interrupt"]).optional(),
  reply_to: z
    .string()
    .regex(/^evt_[0-9a-hjkmnp-tv-z]{26}$/, "the event id of a message: evt_ and 26 characters")
    .optional()
    .describe("Event id of the message that this one answers"),
  fanout: z
    .literal("all", 'takes "all", or leave it out')
    .optional()
    .describe(
      "all: each session of the tag that is connected gets the message; default: one of them gets it",
    ),
});

export function sessionSend(parts: Parts): Tool {
  return tool({
    name: "session_send",
    description:
      "Send a message to the Claude sessions of a tag, of several tags, or to all that are connected. It reaches them as an event, one at a time; where nobody is connected it waits. To answer a message, give its event id as reply_to.",
    input,
    run: async ({ target = "", message, priority = "normal", reply_to = "", fanout = "" }, signal) => {
      const off = await messagingOff(parts);
      if (off !== null) return off;
      const request = { target, text: message, priority, replyTo: reply_to, fanout };
      const by = whoAsks(parts);
      const asked = await parts.sending.send(
        JSON.stringify(request),
        (requestId) => ask(parts, ControlService.method.sendMessage, { ...request, ...by, requestId }),
        (told) => told.kind === "trouble" && told.lost,
        signal,
      );
      if (asked.kind === "told") return told(asked.response);
      if (!asked.lost) return asked.answer;
      return refusal(
        `${asked.answer.text} Whether the message came through is not known; sent again with the same words it is not doubled.`,
      );
    },
  });
}

function told({ posted }: SendMessageResponse): ToolAnswer {
  const of = (outcome: string) => posted.filter((one) => one.outcome === outcome);
  const [sent, queued, refused] = [of("sent"), of("queued"), of("refused")];
  if (posted.length === 0) return answer("Sent to nobody: no other session is connected now.");
  const parts = [
    ...(sent.length + queued.length === 0 ? [] : [`Sent: ${sent.length}${names(sent)}.`]),
    ...(sent.length + queued.length === 0 ? [] : [`Queued: ${queued.length}${names(queued)}.`]),
    ...(queued.length === 0 ? [] : ["What is queued waits for a session that can take it."]),
    ...refused.map(({ lane, reason }) => `Not sent to ${laneName(lane)}: ${plain(reason)}.`),
  ];
  if (sent.length + queued.length === 0) return refusal(parts.join(" "));
  return answer(`${parts.join(" ")} An answer comes as an event of its own, and names the event it answers.`);
}

const names = (posted: readonly Posted[]): string =>
  posted.length === 0 ? "" : ` (${posted.map(nameOf).join(", ")})`;

const nameOf = ({ lane, eventId, copies }: Posted): string =>
  `${laneName(lane)} ${eventId}${copies > 1 ? ` and copies of it: ${copies} sessions` : ""}`;

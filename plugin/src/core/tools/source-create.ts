import * as z from "zod";
import { ControlService } from "../../../../proto/gen/signalbox/v1/control_pb.ts";
import type { Parts } from "../parts.ts";
import { isTag, TAG_RULE } from "../tag.ts";
import { ask } from "./ask.ts";
import { sourceTiming, timingOf } from "./source-timing.ts";
import { sourceLines } from "./source-words.ts";
import { answer, type Tool, tool } from "./tool.ts";

const path = (words: string) => z.string().min(1).max(200).optional().describe(words);

const SECONDS_RULE = "takes whole seconds, 1 to 86400";
const seconds = (words: string) =>
  z
    .int(SECONDS_RULE)
    .min(1, SECONDS_RULE)
    .max(86_400, SECONDS_RULE)
    .optional()
    .describe(`${words}; default: the server's`);

export function sourceCreate(parts: Parts): Tool {
  return tool({
    name: "source_create",
    description:
      "Create a Signalbox webhook source and get the URL to paste at the provider. The same slug again adds a secret or changes the rest.",
    input: z.strictObject({
      slug: z
        .string()
        .regex(
          /^[a-z0-9][a-z0-9._-]{0,63}$/,
          "a slug has 1 to 64 of a-z 0-9 . _ - and starts with a letter or digit",
        )
        .describe("Last part of the URL"),
      type: z
        .string()
        .max(40)
        .default("generic")
        .describe("How requests are verified: github, stripe, generic, none"),
      secret: z
        .string()
        .min(1)
        .max(1_000)
        .optional()
        .describe("The webhook secret; made if the owner chooses it and none is given"),
      eventType: z
        .strictObject(
          {
            header: path("Header that names the type"),
            body: path("Dotted path into the JSON body"),
            action: path("Dotted path; what is there is appended with a dot"),
          },
          "takes an object with header, body and action, each of them optional",
        )
        .optional()
        .describe("Where an event's type stands"),
      routes: z
        .record(z.string(), z.string())
        .optional()
        .describe("Event type pattern to skill or prompt; * catches all; what no route wants is dropped"),
      skill: z
        .string()
        .max(4_000)
        .optional()
        .describe("Skill or prompt put before every payload, where there are no routes"),
      session: z
        .string()
        .refine((text) => text === "" || isTag(text), TAG_RULE)
        .optional()
        .describe(
          'Tag of the sessions that get the events; default: this session\'s own; "": untagged sessions',
        ),
      priority: z.enum(["normal", "priority", "interrupt"]).optional(),
      remind_seconds: seconds("Silence with one of its events in hand until the session is reminded"),
      timeout_seconds: seconds("The same until the event goes back"),
      ...sourceTiming,
      fanout: z
        .literal("all")
        .optional()
        .describe(
          "all: each session that is connected gets a copy of its own; default: one of them gets the event",
        ),
    }),
    run: async ({ slug, type, secret, eventType, routes, skill, session, priority, ...own }) => {
      const asked = await ask(parts, ControlService.method.createSource, (tag) => ({
        slug,
        scheme: type,
        tag: session ?? tag,
        ...(secret !== undefined && { secret }),
        ...(eventType !== undefined && { eventType: withoutHoles(eventType) }),
        ...(routes !== undefined && { routes }),
        ...(skill !== undefined && { skill }),
        ...(priority !== undefined && { priority }),
        remindSeconds: own.remind_seconds ?? 0,
        timeoutSeconds: own.timeout_seconds ?? 0,
        ...timingOf(own),
        fanout: own.fanout ?? "",
      }));
      if (asked.kind === "trouble") return { ...asked.answer, text: inOurWords(asked.answer.text) };
      const { source, secret: made, updated, nextStep } = asked.response;
      return answer(
        [
          updated ? "The source was there and is changed:" : "The source is made:",
          ...(source === undefined ? [] : sourceLines(source)),
          ...(made === "" ? [] : [`Secret, shown only now: ${made}`]),
          ...(nextStep === "" ? [] : [`Next: ${nextStep}`]),
        ].join("\n"),
      );
    },
  });
}

/** The wire's names of what is called otherwise here. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  scheme: "type",
  tag: "session",
  remind_seconds: "remind_seconds",
  timeout_seconds: "timeout_seconds",
  expires_after: "expires_after",
  fanout: "fanout",
  deliverAfter: "deliver_after",
  expiresAfterSeconds: "expires_after",
  "coalesce.key": "coalesce.key",
  "coalesce.windowSeconds": "coalesce.window_seconds",
};

/** The server names what it complains of as the wire does: `scheme: …`. */
const inOurWords = (text: string): string =>
  text.replace(/^([\w.]+): /, (found, name: string) => {
    const argument = ARGUMENTS[name];
    return argument === undefined ? found : `argument ${argument}: `;
  });

function withoutHoles(rule: {
  header?: string | undefined;
  body?: string | undefined;
  action?: string | undefined;
}) {
  return { header: rule.header ?? "", body: rule.body ?? "", action: rule.action ?? "" };
}

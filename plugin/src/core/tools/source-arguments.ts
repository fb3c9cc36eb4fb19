/** What source_create and source_update are told of a source, and how the wire has it. */
import * as z from "zod";
import { isTag, TAG_RULE } from "../tag.ts";
import { insideOr } from "./plain-words.ts";
import { proofOf, sourceHeaders, sourceProof } from "./source-proof.ts";
import { sourceTiming, timingOf } from "./source-timing.ts";

const path = (words: string) => z.string().min(1).max(200).optional().describe(words);

const SECONDS_RULE = "takes whole seconds, 1 to 86400";
const seconds = (words: string) =>
  z
    .int(SECONDS_RULE)
    .min(1, SECONDS_RULE)
    .max(86_400, SECONDS_RULE)
    .optional()
    .describe(`${words}; default: the server's`);

const session = z.string().refine((text) => text === "" || isTag(text), TAG_RULE);
const priority = z.enum(["normal", "priority", "interrupt"]);

const ROUTE_RULE =
  "takes a skill or prompt, or an object with prompt, priority, session and fields, each of them optional";

const route = z.union(
  [
    z.string(),
    z.strictObject({
      prompt: z.string().optional().describe("Skill or prompt put before the payload"),
      priority: priority.optional().describe("default: the source's"),
      session: session.optional().describe("default: the source's"),
      fields: z
        .array(z.string())
        .optional()
        .describe(
          "JSON pointers, * for each element of an array: only these parts of the payload come, such as /commits/*/message",
        ),
    }),
  ],
  { error: insideOr(ROUTE_RULE) },
);

export const settings = {
  ...sourceProof,
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
    .record(z.string(), route)
    .optional()
    .describe(
      "Event type pattern (push, pull_request.*, or * for all) to skill or prompt, or to {prompt, priority, session, fields}; what no route wants is dropped",
    ),
  skill: z
    .string()
    .max(20_000)
    .optional()
    .describe("Skill or prompt put before every payload, where there are no routes"),
  session: session
    .optional()
    .describe('Tag of the sessions that get the events; default: this session\'s own; "": untagged sessions'),
  priority: priority.optional(),
  remind_seconds: seconds("Silence with one of its events in hand until the session is reminded"),
  timeout_seconds: seconds("The same until the event goes back"),
  ...sourceTiming,
  ...sourceHeaders,
  fanout: z
    .literal("all")
    .optional()
    .describe(
      "all: each session that is connected gets a copy of its own; default: one of them gets the event",
    ),
  trust: z
    .enum(["data", "instructions"])
    .optional()
    .describe(
      "instructions: only for the owner's own systems; their payloads may say what to do. Default: data, which never does",
    ),
};

const Settings = z.strictObject({ ...settings, type: z.string().optional() });
type Given = z.output<typeof Settings>;

/** The wire's names of what is called otherwise here. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ["type", "scheme"],
  ["eventType", "event_type"],
  ["session", "tag"],
  ["expires_after", "expires_after_seconds"],
]);

export const CLEARABLE = [
  "eventType",
  "routes",
  "skill",
  "remind_seconds",
  "timeout_seconds",
  "coalesce",
  "deliver_after",
  "expires_after",
  "signature_header",
  "delivery_header",
  "fanout",
] as const;

/** As UpdateSourceRequest names it. */
export const wireName = (argument: string): string => NAMES.get(argument) ?? argument;

export function onTheWire({ type, secret, eventType, routes, skill, session, priority, ...own }: Given) {
  return {
    ...(type !== undefined && { scheme: type }),
    ...(session !== undefined && { tag: session }),
    ...(secret !== undefined && { secret }),
    ...(eventType !== undefined && { eventType: withoutHoles(eventType) }),
    ...(routes !== undefined && routesOf(routes)),
    ...(skill !== undefined && { skill }),
    ...(priority !== undefined && { priority }),
    remindSeconds: own.remind_seconds ?? 0,
    timeoutSeconds: own.timeout_seconds ?? 0,
    ...timingOf(own),
    ...proofOf(own),
    fanout: own.fanout ?? "",
    trust: own.trust ?? "",
  };
}

function routesOf(routes: Record<string, z.output<typeof route>>) {
  const entries = Object.entries(routes);
  return {
    routes: Object.fromEntries(
      entries.map(([pattern, to]) => [pattern, typeof to === "string" ? to : (to.prompt ?? "")]),
    ),
    routeRules: Object.fromEntries(
      entries.flatMap(([pattern, to]) => (typeof to === "string" ? [] : [[pattern, ruleOf(to)] as const])),
    ),
  };
}

const ruleOf = ({ priority, session: tag, fields }: Exclude<z.output<typeof route>, string>) => ({
  priority: priority ?? "",
  fields: fields ?? [],
  ...(tag !== undefined && { tag }),
});

const withoutHoles = (rule: NonNullable<Given["eventType"]>) => ({
  header: rule.header ?? "",
  body: rule.body ?? "",
  action: rule.action ?? "",
});

/** The names in which the server complains, where ours are others. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  scheme: "type",
  tag: "session",
  deliverAfter: "deliver_after",
  expiresAfterSeconds: "expires_after",
  "coalesce.windowSeconds": "coalesce.window_seconds",
  signatureHeader: "signature_header",
  deliveryHeader: "delivery_header",
};

const KNOWN = ["slug", ...Object.keys(Settings.shape)];

/** The server names what it complains of as the wire does: `scheme: …`. */
export const inOurWords = (text: string): string =>
  text.replace(/^([\w.*:/-]+?): /, (found, name: string) => {
    const argument = name.startsWith("routes.")
      ? name.replace(/\.tag$/, ".session")
      : (ARGUMENTS[name] ?? name);
    return KNOWN.includes(argument.split(".")[0] ?? "") ? `argument ${argument}: ` : found;
  });

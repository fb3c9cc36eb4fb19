import { z } from "zod";
import type { Cause } from "./cause.ts";
import { CoalesceRule } from "./coalescing.ts";
import { deadlineDetails, deadlineOptions } from "./deadlines.ts";
import type { EventDetails } from "./event-details.ts";
import { Slug, Tag } from "./grammar.ts";
import { type Lane, laneOfTag } from "./lane.ts";
import { PRIORITIES, type Priority } from "./order.ts";
import { Routes, requirePatterns, ruleOf } from "./route.ts";
import { timingOptions } from "./timing.ts";

export const SCHEMES = [
  "github",
  "stripe",
  "generic",
  "none",
  "standard",
  "slack",
  "shopify",
  "gitlab",
  "linear",
  "sentry",
  "pagerduty",
  "bitbucket",
  "discord",
  "telegram",
  "zoom",
  "twilio",
  "bearer",
  "basic",
] as const;
export type SchemeName = (typeof SCHEMES)[number];

const PATH_RULE =
  "takes a dotted path into the JSON body, such as pull_request.state, of 1 to 200 characters";
const BodyPath = z.string().min(1, PATH_RULE).max(200, PATH_RULE).optional();

const HeaderName = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,100}$/, "is no name of a header: 1 to 100 letters, digits and hyphens");

/** Where an event's type is read; the first that yields a text wins, `action` is appended with a dot. */
export const EventTypeRule = z.strictObject({
  /** Name of a request header. */
  header: HeaderName.optional(),
  /** Dotted path into the JSON body. */
  body: BodyPath,
  /** Dotted path into the JSON body. */
  action: BodyPath,
});
export type EventTypeRule = z.infer<typeof EventTypeRule>;

/** `instructions`: its owner's own; what its payloads ask for may be done. Absent: data, as whatever comes from outside. */
export const TRUST = ["data", "instructions"] as const;

/** What only some sources have. Absent: not asked for. */
export const SourceOptions = z.strictObject({
  ...deadlineOptions,
  ...timingOptions,
  coalesce: CoalesceRule.optional(),
  /** Where the signature stands, of scheme `generic`. */
  signatureHeader: HeaderName.optional(),
  /** Where the delivery id stands, of the schemes that any sender can use. */
  deliveryHeader: HeaderName.optional(),
  /** Each session that is connected gets a copy of its own. */
  fanout: z.literal("all", 'takes "all", or nothing').optional(),
  trust: z.enum(TRUST, `takes ${TRUST.join(" or ")}`).optional(),
});
export type SourceOptions = z.infer<typeof SourceOptions>;

/** What its owner says of a source. */
export const SourceSettings = z
  .strictObject({
    slug: Slug,
    scheme: z.enum(SCHEMES, `there is none of this name; there are ${SCHEMES.join(", ")}`).default("generic"),
    secret: z.string().min(1, "is empty").max(500, "has more than 500 characters").optional(),
    eventType: EventTypeRule.optional(),
    routes: Routes.superRefine(requirePatterns).optional(),
    skill: z.string().max(20_000, "has more than 20000 characters").optional(),
    tag: Tag.optional(),
    priority: z.enum(PRIORITIES, `takes ${PRIORITIES.join(", ")}`).default("normal"),
    options: SourceOptions.refine(({ coalesce, fanout }) => coalesce === undefined || fanout === undefined, {
      path: ["fanout"],
      message: "each session has its own copy, and copies are not coalesced; leave one of the two out",
    }).optional(),
  })
  .refine(({ scheme, options }) => scheme !== "none" || options?.trust !== "instructions", {
    path: ["trust"],
    message:
      "anybody could tell your sessions what to do, as nobody vouches for what comes here; choose a type that verifies",
  });
export type SourceSettings = z.infer<typeof SourceSettings>;

/** A webhook endpoint of an account, as stored. */
export interface Source {
  id: string;
  account: string;
  slug: string;
  scheme: SchemeName;
  /** Encrypted, newest first; several while they are rotated. */
  secrets: string[];
  eventType: EventTypeRule | null;
  routes: Routes | null;
  skill: string | null;
  lane: string;
  priority: Priority;
  /** Null: none of them. */
  options: SourceOptions | null;
  /** Null: whoever made it, or changed it last, had no event in hand. */
  cause: Cause | null;
  /** When a request was first accepted; null: none was. */
  heardAt: number | null;
  createdAt: number;
}

/** Every lane that its events may come into: its own, and those of its routes. */
export function lanesOf({ lane, routes }: Pick<Source, "lane" | "routes">): Lane[] {
  const tags = Object.values(routes ?? {}).flatMap((route) => ruleOf(route).tag ?? []);
  return [...new Set([lane, ...tags.map((tag) => laneOfTag(tag))])];
}

/** What an event has of its source's options, when it comes in; null: nothing. */
export function detailsOfSource({ options }: Pick<Source, "options">): EventDetails | null {
  const deadlines = deadlineDetails(options);
  return options?.trust === "instructions" ? { ...deadlines, trust: options.trust } : deadlines;
}

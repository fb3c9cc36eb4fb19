import { z } from "zod";
import { CoalesceRule } from "./coalescing.ts";
import { deadlineDetails, deadlineOptions } from "./deadlines.ts";
import type { EventDetails } from "./event-details.ts";
import { Slug, Tag } from "./grammar.ts";
import { PRIORITIES, type Priority } from "./order.ts";
import { timingOptions } from "./timing.ts";

export const SCHEMES = ["github", "stripe", "generic", "none"] as const;
export type SchemeName = (typeof SCHEMES)[number];

/** Where an event's type is read; the first that yields a text wins, `action` is appended with a dot. */
export const EventTypeRule = z.strictObject({
  /** Name of a request header. */
  header: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,100}$/)
    .optional(),
  /** Dotted path into the JSON body. */
  body: z.string().min(1).max(200).optional(),
  /** Dotted path into the JSON body. */
  action: z.string().min(1).max(200).optional(),
});
export type EventTypeRule = z.infer<typeof EventTypeRule>;

const MOST_ROUTES = 200;

/** Event type pattern (exact, `prefix.*`, or `*`) to the skill or prompt that is put before the payload. */
export const Routes = z
  .record(z.string().min(1).max(120), z.string().max(20_000))
  .refine((routes) => Object.keys(routes).length <= MOST_ROUTES, `has more than ${MOST_ROUTES} routes`);
export type Routes = z.infer<typeof Routes>;

/** What only some sources have. Absent: not asked for. */
export const SourceOptions = z.strictObject({
  ...deadlineOptions,
  ...timingOptions,
  coalesce: CoalesceRule.optional(),
  /** Each session that is connected gets a copy of its own. */
  fanout: z.literal("all", 'takes "all", or nothing').optional(),
});
export type SourceOptions = z.infer<typeof SourceOptions>;

/** What its owner says of a source. */
export const SourceSettings = z.strictObject({
  slug: Slug,
  scheme: z.enum(SCHEMES, `there is none of this name; there are ${SCHEMES.join(", ")}`).default("generic"),
  secret: z.string().min(1).max(500).optional(),
  eventType: EventTypeRule.optional(),
  routes: Routes.optional(),
  skill: z.string().max(20_000).optional(),
  tag: Tag.optional(),
  priority: z.enum(PRIORITIES).default("normal"),
  options: SourceOptions.refine(({ coalesce, fanout }) => coalesce === undefined || fanout === undefined, {
    path: ["fanout"],
    message: "each session has its own copy, and copies are not coalesced; leave one of the two out",
  }).optional(),
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
  createdAt: number;
}

/** What an event has of its source's options, when it comes in; null: nothing. */
export function detailsOfSource({ options }: Pick<Source, "options">): EventDetails | null {
  return deadlineDetails(options);
}

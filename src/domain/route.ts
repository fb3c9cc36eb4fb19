/** One route of a source: what is put before the payload of an event, and what else the event is to be. */
import { z } from "zod";
import { Fields } from "./fields.ts";
import { Tag } from "./grammar.ts";
import { PRIORITIES } from "./order.ts";

const Prompt = z.string().max(20_000, "has more than 20000 characters");

/** What is absent is as its source says. */
export const RouteRule = z.strictObject({
  /** The skill or prompt; absent or empty: nothing is put before the payload. */
  prompt: Prompt.optional(),
  priority: z.enum(PRIORITIES, `takes ${PRIORITIES.join(", ")}`).optional(),
  /** The lane's tag; empty: the untagged lane. */
  tag: z.union([z.literal(""), Tag]).optional(),
  /** Claude gets only these parts of the payload. */
  fields: Fields.optional(),
});
export type RouteRule = z.infer<typeof RouteRule>;

/** A text alone is a prompt. */
export const Route = z.union([Prompt, RouteRule]);
export type Route = z.infer<typeof Route>;

export const ruleOf = (route: Route): RouteRule => (typeof route === "string" ? { prompt: route } : route);

const MOST_ROUTES = 200;

/** A type, with `.*` behind it or without: nothing else can ever match one. */
const PATTERN = /^(?:\*|[A-Za-z0-9._:/-]{1,120}(?:\.\*)?)$/;

const PATTERN_RULE =
  "is no pattern that a type could match: a type (push), its beginning with .* behind it (pull_request.*), or * for all";

/** Of what is asked for; what was stored before stays readable. */
export function requirePatterns(routes: object, context: z.RefinementCtx): void {
  for (const pattern of Object.keys(routes)) {
    if (PATTERN.test(pattern)) continue;
    context.addIssue({ code: "custom", message: `${JSON.stringify(pattern.slice(0, 60))} ${PATTERN_RULE}` });
  }
}

/** By event type pattern: exact, `prefix.*`, or `*`. */
export const Routes = z
  .record(z.string(), Route)
  .refine((routes) => Object.keys(routes).length <= MOST_ROUTES, `has more than ${MOST_ROUTES} routes`);
export type Routes = z.infer<typeof Routes>;

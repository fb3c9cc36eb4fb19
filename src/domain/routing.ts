/** What becomes of a source's event by its type: its source's routes say so, or its skill where the source has no routes. */
import { type RouteRule, type Routes, ruleOf } from "./route.ts";

export type Routing =
  /** `prompt`: what the owner put before the payload; null: nothing. */
  { kind: "routed"; prompt: string | null } | { kind: "dropped"; reason: "no_route" };

/** What else the route says of the event. */
export type RouteFound = { routing: Routing; rule: Omit<RouteRule, "prompt"> };

/** An exact type beats `prefix.*`, the longest prefix the shorter ones, and all of them `*`. */
export function route(source: { routes: Routes | null; skill: string | null }, type: string): RouteFound {
  const { routes, skill } = source;
  // An empty map is somebody's way to say "no routes"; dropping everything would be nobody's wish.
  if (routes === null || Object.keys(routes).length === 0) {
    return { routing: { kind: "routed", prompt: skill || null }, rule: {} };
  }
  for (const pattern of patternsOf(type)) {
    // Own properties only: `constructor` is a type that a sender may choose.
    const found = Object.hasOwn(routes, pattern) ? routes[pattern] : undefined;
    if (found === undefined) continue;
    const { prompt, ...rule } = ruleOf(found);
    return { routing: { kind: "routed", prompt: prompt || null }, rule };
  }
  return { routing: { kind: "dropped", reason: "no_route" }, rule: {} };
}

/** The patterns that match a type, best first: `a.b.c`, `a.b.*`, `a.*`, `*`. */
function patternsOf(type: string): string[] {
  const parts = type.split(".");
  const prefixes = parts.slice(1).map((_, cut) => `${parts.slice(0, cut + 1).join(".")}.*`);
  return [type, ...prefixes.reverse(), "*"];
}

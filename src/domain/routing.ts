/** Where an event's prompt comes from: its source's routes, or its skill where the source has no routes. */
import type { Routes } from "./source.ts";

export type Routing =
  /** `prompt`: what the owner put before the payload; null: nothing. */
  { kind: "routed"; prompt: string | null } | { kind: "dropped"; reason: "no_route" };

/** An exact type beats `prefix.*`, the longest prefix the shorter ones, and all of them `*`. */
export function route(source: { routes: Routes | null; skill: string | null }, type: string): Routing {
  const { routes, skill } = source;
  // An empty map is somebody's way to say "no routes"; dropping everything would be nobody's wish.
  if (routes === null || Object.keys(routes).length === 0) return { kind: "routed", prompt: skill || null };
  for (const pattern of patternsOf(type)) {
    // Own properties only: `constructor` is a type that a sender may choose.
    if (Object.hasOwn(routes, pattern)) return { kind: "routed", prompt: routes[pattern] || null };
  }
  return { kind: "dropped", reason: "no_route" };
}

/** The patterns that match a type, best first: `a.b.c`, `a.b.*`, `a.*`, `*`. */
function patternsOf(type: string): string[] {
  const parts = type.split(".");
  const prefixes = parts.slice(1).map((_, cut) => `${parts.slice(0, cut + 1).join(".")}.*`);
  return [type, ...prefixes.reverse(), "*"];
}

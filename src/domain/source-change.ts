/** What is changed of a source that is there; what is not named stays as it is. */
import { tagOfLane } from "./lane.ts";
import type { Source, SourceOptions, SourceSettings } from "./source.ts";

/** Undefined: nothing is left of it. Not yet checked. */
export interface SourceChange {
  settings: Partial<Record<Exclude<keyof SourceSettings, "slug" | "options">, unknown>>;
  options: Partial<Record<keyof SourceOptions, unknown>>;
}

/** As if the whole were asked for anew, to be checked as that is. */
export function changed(before: Source, { settings, options }: SourceChange): Record<string, unknown> {
  const { slug, scheme, eventType, routes, skill, lane, priority } = before;
  const all = present({
    slug,
    scheme,
    eventType,
    routes,
    skill,
    tag: tagOfLane(lane),
    priority,
    ...settings,
  });
  const kept = present({ ...before.options, ...options });
  return Object.keys(kept).length === 0 ? all : { ...all, options: kept };
}

const present = (all: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined && value !== null));

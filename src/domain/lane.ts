import { Tag } from "./grammar.ts";

/** A lane's key inside its account: `tag:deploys`; `tag:` is the untagged lane. */
export type Lane = string;

export const laneOfTag = (tag: string | null | undefined): Lane => `tag:${tag ?? ""}`;

/** The lane's tag, or null for the untagged lane. */
export function tagOfLane(lane: Lane): string | null {
  const tag = lane.startsWith("tag:") ? lane.slice(4) : "";
  return Tag.safeParse(tag).success ? tag : null;
}

/** As people read it. */
export const laneName = (lane: Lane): string => tagOfLane(lane) ?? "(untagged)";

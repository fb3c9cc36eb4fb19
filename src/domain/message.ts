/** A message between sessions: how large it may be, whom it may name, and how far it may lead. */
import { Tag, UNTAGGED } from "./grammar.ts";
import { type Lane, laneOfTag, tagOfLane } from "./lane.ts";

/** In bytes of its text. */
export const LONGEST_MESSAGE = 32 * 1024;
export const MOST_TARGETS = 50;

/**
 * An event that a session sends while it has one in hand stands one further from what came from outside. Agents that answer
 * each other for ever end here.
 */
export const MOST_HOPS = 16;

/** As an event names who sent it, and as an answer names him. */
export const nameOfSender = (lane: Lane): string => tagOfLane(lane) ?? UNTAGGED;

export type Target =
  /** Each lane that has a session connected now, the sender not counted. */
  { kind: "connected" } | { kind: "lanes"; lanes: Lane[] } | { kind: "unclear"; problem: string };

/** `deploys`, `deploys, oncall`, `untagged`, `*`; a lane that is named twice is meant once. */
export function targetOf(text: string): Target {
  const names = text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (names.length === 0) return unclear("no target is named");
  if (names.includes("*")) {
    return names.length === 1
      ? { kind: "connected" }
      : unclear("* stands alone: it means every lane already");
  }
  const wrong = names.findIndex((name) => name !== UNTAGGED && !Tag.safeParse(name).success);
  if (wrong !== -1) return unclear(`target ${wrong + 1} of ${names.length} is no session tag`);
  const lanes = [...new Set(names)].map((name) => laneOfTag(name === UNTAGGED ? null : name));
  if (lanes.length > MOST_TARGETS) {
    return unclear(`${lanes.length} targets are named, at most ${MOST_TARGETS} can be`);
  }
  return { kind: "lanes", lanes };
}

const unclear = (problem: string): Target => ({ kind: "unclear", problem });

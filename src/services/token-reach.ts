/** What a token that is bound to tags may serve, look at and know of. */
import type { Token } from "../domain/account.ts";
import { SignalboxError } from "../domain/errors.ts";
import { type Lane, laneOfTag, tagOfLane } from "../domain/lane.ts";

/** Whoever is bound to tags knows of no token that reaches further. */
export const isWithin = (token: Token, { tags }: Token): boolean =>
  tags === null || token.tags?.every((tag) => tags.includes(tag)) === true;

/** A token may be bound to tags: it reaches no other lane. */
export function reaches({ tags }: Token, lane: Lane): boolean {
  const tag = tagOfLane(lane);
  return tags === null || (tag !== null && tags.includes(tag));
}

/** Throws `SignalboxError` (forbidden). */
export function requireLane(token: Token, lane: Lane): void {
  if (token.tags === null || reaches(token, lane)) return;
  const tag = tagOfLane(lane);
  throw new SignalboxError(
    "forbidden",
    "wrong_tag",
    `this connection token serves ${token.tags.join(", ")}, not ${tag ?? "the untagged lane"}`,
    "Use one of its tags (SIGNALBOX_SESSION for a session), or another token",
  );
}

/** The lanes that the token may look at: the one that is asked for, or all that it reaches. Null: every lane. */
export function lanesFor(token: Token, asked: Lane | null): readonly Lane[] | null {
  if (asked !== null) {
    requireLane(token, asked);
    return [asked];
  }
  return token.tags === null ? null : token.tags.map(laneOfTag);
}

/**
 * What makes one event stand for another: a value of the payload that the owner names by a JSON pointer. The key is in the lane of
 * whoever made it, so it begins with him; the value is somebody else's words and of any length, so of it there is only a hash.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import { pointed } from "./reading/json-pointer.ts";

const MOST_SECONDS = 7 * 24 * 3_600;
const WINDOW_RULE = `takes whole seconds, 1 to ${MOST_SECONDS}, a week`;

export const CoalesceRule = z.strictObject({
  /** JSON pointer (RFC 6901) into the payload: events with the same value there are the same matter. */
  key: z
    .string()
    .max(500, "has more than 500 characters")
    .regex(/^(\/([^~/]|~[01])*)*$/, 'is no JSON pointer, such as "/pull_request/number"'),
  /** How old the waiting one may be. */
  windowSeconds: z.int(WINDOW_RULE).min(1, WINDOW_RULE).max(MOST_SECONDS, WINDOW_RULE).default(MOST_SECONDS),
});
export type CoalesceRule = z.infer<typeof CoalesceRule>;

/** An event that would take the place of one that waits under the same key. */
export interface Coalesce {
  key: string;
  /** The other must have come in so lately. */
  windowMs: number;
}

/** Null: the payload has nothing at the pointer that can be told from everything else, and stands for itself. */
export function coalesceOf(sourceId: string, rule: CoalesceRule, json: unknown): Coalesce | null {
  const found = json === undefined ? undefined : pointed(json, rule.key);
  if (found === undefined) return null;
  const text = textOf(found.value);
  if (text === null) return null;
  const value = createHash("sha256").update(text).digest("base64url");
  return { key: `${sourceId} ${value}`, windowMs: rule.windowSeconds * 1_000 };
}

/** Beyond it, and beyond what a double holds, other numbers look the same. */
const isExact = (value: unknown): boolean =>
  typeof value !== "number" || Math.abs(value) <= Number.MAX_SAFE_INTEGER;

/** Null: another value may have the same text, or it is nested too deeply to have one. */
function textOf(json: unknown): string | null {
  let exact = true;
  try {
    const text = JSON.stringify(json, (_, value: unknown) => {
      exact &&= isExact(value);
      return value;
    });
    return exact ? text : null;
  } catch (error) {
    // What was parsed has no cycles and no big integers: only the stack can end.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

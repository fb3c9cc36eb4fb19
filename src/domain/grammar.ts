/**
 * The grammar of every name that stands outside a payload's boundary: nothing of this shape can be mistaken for an
 * instruction or for a tag. Promise 12.
 */
import { z } from "zod";

/** A tag of this name could not be told from having none, where a message names its sender or whom it is for. */
export const UNTAGGED = "untagged";

export const Tag = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,63}$/,
    "a tag has 1 to 64 of a-z 0-9 . _ - and starts with a letter or digit",
  )
  .refine((tag) => tag !== UNTAGGED, `"${UNTAGGED}" is no tag: sessions without one are called so`);

export const Slug = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,63}$/,
    "a slug has 1 to 64 of a-z 0-9 . _ - and starts with a letter or digit",
  );

const TYPE = /^[A-Za-z0-9._:/-]{1,120}$/;

/** An event's type as it may be shown: what does not fit the grammar is `unknown`. */
export function eventType(text: string): string {
  return TYPE.test(text) ? text : "unknown";
}

/** A provider's delivery id as it is kept: printable ASCII, 1 to 200; anything else counts as none. */
export function deliveryId(text: string | undefined): string | null {
  return text !== undefined && /^[\x21-\x7e]{1,200}$/.test(text) ? text : null;
}

/** A label that somebody else chose (a folder, a client), cut down to what can stand in a line. */
export function label(text: string): string {
  return text.replace(/[^A-Za-z0-9 ._:/@+-]/g, "_").slice(0, 120);
}

import { monotonicFactory } from "ulid";
import { z } from "zod";
import type { Clock } from "./ports/clock.ts";
import type { Random } from "./ports/random.ts";

/** What an id names. An id is never an order. */
export type IdPrefix = "evt" | "src" | "cron" | "tok" | "acc";

const ULID = "[0-9a-hjkmnp-tv-z]{26}";

const idSchema = (prefix: IdPrefix) =>
  z.string().regex(new RegExp(`^${prefix}_${ULID}$`), `expected ${prefix}_ and a lower-case ULID`);

export const EventId = idSchema("evt");

/** The public name of an account in its webhook URLs. */
export const ProfileId = z.string().regex(/^p_[a-z0-9]{24}$/, "expected p_ and 24 characters");

/** Makes ids of one clock and one source of randomness. */
export type NewId = (prefix: IdPrefix) => string;

export function idFactory(clock: Clock, random: Random): NewId {
  const next = monotonicFactory(() => random.fraction());
  return (prefix) => `${prefix}_${next(clock.now()).toLowerCase()}`;
}

const ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";

/** `length` characters of a–z and 0–9, each equally likely (bytes past the last whole alphabet are thrown away). */
export function randomText(random: Random, length: number): string {
  let text = "";
  while (text.length < length) {
    for (const byte of random.bytes(length)) {
      if (byte < 252 && text.length < length) text += ALPHABET[byte % ALPHABET.length];
    }
  }
  return text;
}

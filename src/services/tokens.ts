/** Connection tokens: shown once, stored as hashes (promise 10). */
import { createHash } from "node:crypto";
import type { Token } from "../domain/account.ts";
import { SignalboxError } from "../domain/errors.ts";
import { Tag } from "../domain/grammar.ts";
import type { NewId } from "../domain/ids.ts";
import { type Lane, laneOfTag, tagOfLane } from "../domain/lane.ts";
import type { Clock } from "../domain/ports/clock.ts";
import type { Random } from "../domain/ports/random.ts";
import type { Store } from "../domain/ports/store.ts";

/** `lastSeenAt` is for people: it need not be newer than this. */
const SEEN_EVERY_MS = 60_000;

const SECRET_BYTES = 32;

export interface IssuedToken {
  token: Token;
  /** The only time that it is seen. */
  secret: string;
}

export class Tokens {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #newId: NewId;

  constructor(parts: { store: Store; clock: Clock; random: Random; newId: NewId }) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.#newId = parts.newId;
  }

  async issue(
    account: string,
    label: string,
    role: Token["role"],
    tags: readonly string[],
  ): Promise<IssuedToken> {
    for (const tag of tags) {
      const checked = Tag.safeParse(tag);
      if (!checked.success) {
        throw new SignalboxError(
          "invalid",
          "bad_tag",
          `"${tag}" is no tag`,
          "A tag has 1 to 64 of a-z 0-9 . _ -",
        );
      }
    }
    const secret = `cbt_${Buffer.from(this.#random.bytes(SECRET_BYTES)).toString("base64url")}`;
    const token: Token = {
      id: this.#newId("tok"),
      account,
      label: label.slice(0, 100),
      hash: hashOf(secret),
      role,
      tags: tags.length === 0 ? null : [...tags],
      createdAt: this.#clock.now(),
      lastSeenAt: null,
    };
    await this.#store.putToken(token);
    return { token, secret };
  }

  /** The token's record; throws `SignalboxError` (unauthenticated). Looked up by hash: nothing to time. */
  async authenticate(secret: string | null): Promise<Token> {
    const token = secret === null ? null : await this.#store.tokenByHash(hashOf(secret));
    if (token === null) {
      throw new SignalboxError(
        "unauthenticated",
        "unauthenticated",
        secret === null ? "no connection token was sent" : "the connection token is not known here",
        "Make a new one with `npm run connect`",
      );
    }
    const now = this.#clock.now();
    if (token.lastSeenAt === null || Math.abs(now - token.lastSeenAt) > SEEN_EVERY_MS) {
      // A full disk must not lock out who comes to see what is wrong.
      await this.#store.putToken({ ...token, lastSeenAt: now }).catch(() => {});
    }
    return token;
  }
}

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

const hashOf = (secret: string): string => createHash("sha256").update(secret).digest("hex");

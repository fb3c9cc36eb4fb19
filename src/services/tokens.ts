/**
 * Connection tokens: shown once, stored as hashes (promise 10), revoked at once. Invariants of a rotation, which may be cut off
 * between any two of its steps:
 *
 *   R1  The old token is good until the new one is used for the first time: whoever uses it has it where he keeps it.
 *   R2  From that moment on the old one lets nobody in, and what it has let in comes back with the new one, or not at all.
 *   R3  A revoked token leaves none behind that was to take its place, also where somebody rotates it at the same moment.
 *   R4  What a failing store has cut off is brought to its end by the next try, whatever of it was stored.
 */
import { createHash } from "node:crypto";
import type { Token } from "../domain/account.ts";
import { Tag } from "../domain/grammar.ts";
import type { NewId } from "../domain/ids.ts";
import type { Clock } from "../domain/ports/clock.ts";
import type { Random } from "../domain/ports/random.ts";
import type { Store } from "../domain/ports/store.ts";
import { TOKEN_PREFIX } from "../domain/token-text.ts";
import { type Face, type TokenHolder, TokenHolders } from "./token-holders.ts";
import { isWithin } from "./token-reach.ts";
import { noSuchToken, noTag, notAccepted, ofTheServer, tooManyTokens } from "./token-trouble.ts";

/** `lastSeenAt` is for people: it need not be newer than this. */
const SEEN_EVERY_MS = 60_000;

const SECRET_BYTES = 32;

/** Of one account. A rotation may go beyond it: its old token is about to go. */
const MOST_TOKENS = 100;
const MOST_WITH_ROTATED = 200;

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
  readonly #holders = new TokenHolders();
  /** By the id of a token that is to replace another: who asked for it. */
  readonly #rotating = new Map<string, Face>();
  /** Their removal was asked for, and nobody knows what became of it (R4). */
  readonly #ending = new Map<string, Token>();

  constructor(parts: { store: Store; clock: Clock; random: Random; newId: NewId }) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.#newId = parts.newId;
  }

  async issue(
    account: string,
    named: string,
    role: Token["role"],
    tags: readonly string[],
    replaces: Token["id"] | null = null,
  ): Promise<IssuedToken> {
    for (const tag of tags) {
      const checked = Tag.safeParse(tag);
      if (!checked.success) throw noTag(tag);
    }
    await this.#requireRoom(account, role, replaces);
    const secret = `${TOKEN_PREFIX}${Buffer.from(this.#random.bytes(SECRET_BYTES)).toString("base64url")}`;
    const token: Token = {
      id: this.#newId("tok"),
      account,
      label: named.slice(0, 100),
      hash: hashOf(secret),
      role,
      tags: tags.length === 0 ? null : [...tags],
      createdAt: this.#clock.now(),
      lastSeenAt: null,
      replaces,
    };
    await this.#store.putToken(token);
    return { token, secret };
  }

  /**
   * A token that takes the place of this one when it is first used (R1). The link of whoever asks goes on by it. Throws
   * `SignalboxError` (unauthenticated) where this one is none any more.
   */
  async rotate(token: Token, label: string, asked: Face | null): Promise<IssuedToken> {
    if (token.role === "admin") throw ofTheServer();
    const issued = await this.issue(
      token.account,
      label === "" ? token.label : label,
      token.role,
      token.tags ?? [],
      token.id,
    );
    // R3. Whoever revokes looks for it once more when this one is gone.
    const all = await this.#store.tokens(token.account);
    if (!all.some(({ id }) => id === token.id)) {
      await this.#remove(issued.token);
      throw notAccepted();
    }
    if (asked !== null) this.#rotating.set(issued.token.id, asked);
    return issued;
  }

  /** Those of his account that whoever asks may know of. */
  async list(asker: Token): Promise<ListedToken[]> {
    const all = await this.#store.tokens(asker.account);
    const own = all.filter((token) => isWithin(token, asker));
    return own.map((token) => ({ token, links: this.#holders.count(token.hash) }));
  }

  /**
   * The token lets nobody in any more, what it has let in ends, and so does a token that was to take its place and was never
   * used. Throws `SignalboxError` (missing, forbidden).
   */
  async revoke(asker: Token, id: string): Promise<ListedToken> {
    const token = (await this.#known(asker)).find((one) => one.id === id);
    if (token?.role === "admin") throw ofTheServer();
    // Before it, in case the server dies in between, and after it those that it was rotated to meanwhile (R3).
    await this.#removeUnused(asker, id);
    if (token === undefined) throw noSuchToken(id);
    const links = await this.#remove(token);
    await this.#removeUnused(asker, id);
    return { token, links };
  }

  async #removeUnused(asker: Token, id: string): Promise<void> {
    for (const token of await this.#known(asker)) if (token.replaces === id) await this.#remove(token);
  }

  /** Of those that whoever asks may know of, with those that may be gone already. */
  async #known(asker: Token): Promise<Token[]> {
    return (await this.#knownOf(asker.account)).filter((token) => isWithin(token, asker));
  }

  async #knownOf(account: string): Promise<Token[]> {
    const stored = await this.#store.tokens(account);
    const gone = [...this.#ending.values()].filter(
      (token) => token.account === account && !stored.some(({ id }) => id === token.id),
    );
    return [...stored, ...gone];
  }

  async #remove(token: Token): Promise<number> {
    this.#ending.set(token.id, token);
    await this.#store.removeToken(token.account, token.id);
    this.#ending.delete(token.id);
    this.#rotating.delete(token.id);
    return this.#holders.revoke(token.hash);
  }

  /**
   * Nothing of the account's lets anybody in any more, but for the local commands' own; and what was let in ends. What is made
   * meanwhile, by a rotation, is looked for once more.
   */
  async revokeAll(account: string): Promise<{ tokens: number; links: number }> {
    const revoked = { tokens: 0, links: 0 };
    for (;;) {
      const all = (await this.#knownOf(account)).filter(({ role }) => role !== "admin");
      if (all.length === 0) return revoked;
      for (const token of all) revoked.links += await this.#remove(token);
      revoked.tokens += all.length;
    }
  }

  /** Of the account, without the local commands' own. */
  async standingOf(account: string): Promise<{ tokens: number; links: number; lastSeenAt: number | null }> {
    const all = (await this.#store.tokens(account)).filter(({ role }) => role !== "admin");
    const seen = all.flatMap(({ lastSeenAt }) => lastSeenAt ?? []);
    return {
      tokens: all.length,
      links: all.reduce((sum, { hash }) => sum + this.#holders.count(hash), 0),
      lastSeenAt: seen.length === 0 ? null : Math.max(...seen),
    };
  }

  /** Every other token of the local commands, such as one that others could read. */
  async keepOnlyAdmin(kept: Token): Promise<void> {
    for (const token of await this.#store.tokens(kept.account)) {
      if (token.role === "admin" && token.id !== kept.id) await this.#remove(token);
    }
  }

  /** As `authenticate`, for what stays: it is told when its token is none any more. It releases what it holds. */
  async hold(secret: string | null, holder: TokenHolder): Promise<Token> {
    if (secret !== null) this.#holders.enter(hashOf(secret), holder);
    try {
      return await this.authenticate(secret);
    } catch (error) {
      this.#holders.leave(holder);
      throw error;
    }
  }

  release(holder: TokenHolder): void {
    this.#holders.leave(holder);
  }

  /** The token's record; throws `SignalboxError` (unauthenticated). Looked up by hash: nothing to time. */
  async authenticate(secret: string | null): Promise<Token> {
    const token = secret === null ? null : await this.#store.tokenByHash(hashOf(secret));
    if (token === null) {
      throw notAccepted();
    }
    const now = this.#clock.now();
    const seen: Token = { ...token, lastSeenAt: now, replaces: null };
    // A full disk must not lock out who comes to see what is wrong.
    if (token.replaces !== null) await this.#takePlace(seen, token.replaces).catch(() => {});
    else if (token.lastSeenAt === null || Math.abs(now - token.lastSeenAt) > SEEN_EVERY_MS) {
      await this.#store.changeToken(seen).catch(() => {});
    }
    return token;
  }

  /** R2. In this order: what is cut off between the two is done again at the next use. */
  async #takePlace(token: Token, replaces: string): Promise<void> {
    const before = (await this.#store.tokens(token.account)).find(({ id }) => id === replaces);
    try {
      await this.#store.removeToken(token.account, replaces);
      await this.#store.changeToken(token);
    } finally {
      // Whatever of it was stored (R4): who comes back too early is let in by what is still good.
      if (before !== undefined)
        this.#holders.replace(before.hash, token.hash, this.#rotating.get(token.id) ?? null);
    }
    this.#rotating.delete(token.id);
  }

  async #requireRoom(account: string, role: Token["role"], replaces: string | null): Promise<void> {
    if (role === "admin") return;
    const most = replaces === null ? MOST_TOKENS : MOST_WITH_ROTATED;
    if ((await this.#store.tokens(account)).length < most) return;
    throw tooManyTokens(most);
  }
}

export interface ListedToken {
  token: Token;
  /** Links and lasting calls that it has let in and that are there now. */
  links: number;
}

const hashOf = (secret: string): string => createHash("sha256").update(secret).digest("hex");

/**
 * What a sign-in ends with: a code, good once and for five minutes, that is exchanged for a connection token. Invariants:
 *
 *   S1  The token is made when the code is exchanged, and shown to whoever exchanged it alone: a sign-in that goes no further
 *       leaves none behind.
 *   S2  A code is gone, on stable storage, before its token is made: of two who show it one gets a token, and a crash between the
 *       two costs a second sign-in, and never gives a second token.
 *   S3  An account has few codes at a time, and none outlives its time for long.
 */
import { createHash } from "node:crypto";
import type { Account } from "../domain/account.ts";
import { SignalboxError } from "../domain/errors.ts";
import { type NewId, randomText } from "../domain/ids.ts";
import type { Clock } from "../domain/ports/clock.ts";
import type { Random } from "../domain/ports/random.ts";
import type { Store } from "../domain/ports/store.ts";
import { CODE_PREFIX } from "../domain/token-text.ts";
import { accountOfIdentity } from "./accounts.ts";
import type { IssuedToken, Tokens } from "./tokens.ts";

export const CODE_MS = 5 * 60_000;

/** Each costs a row for five minutes. */
const MOST_CODES = 10;

const CODE = new RegExp(`^${CODE_PREFIX}[a-z0-9]{24}$`);

interface SignInParts {
  store: Store;
  clock: Clock;
  random: Random;
  newId: NewId;
  tokens: Tokens;
  /** The server's own. */
  account: Account;
}

export interface Exchanged extends IssuedToken {
  account: Account;
}

export class SignIns {
  readonly #parts: SignInParts;

  constructor(parts: SignInParts) {
    this.#parts = parts;
  }

  /** A code for the server's own account. */
  ofServer(): Promise<string> {
    return this.#code(this.#parts.account, "sign-in on the server's machine");
  }

  /** A code for the account of whom GitHub vouches for. */
  async ofIdentity(who: { identity: string; label: string }): Promise<string> {
    const account = await accountOfIdentity(this.#parts, who);
    return this.#code(account, `sign-in of ${who.label}`);
  }

  /** The code's token. Throws `SignalboxError`: `sign_in_failed` whatever is wrong with it, `too_many_tokens`. */
  async exchange(code: string): Promise<Exchanged> {
    const { store, clock, tokens } = this.#parts;
    const taken = CODE.test(code) ? await store.takeSignInCode(hashOf(code)) : null;
    if (taken === null) throw codeNotAccepted("it is unknown or was used");
    if (taken.expiresAt <= clock.now()) throw codeNotAccepted("it has expired");
    const account = await store.account(taken.account);
    if (account === null) throw codeNotAccepted("its account is gone");
    return { account, ...(await tokens.issue(account.id, taken.label, "session", [])) };
  }

  /** Nobody is let in to the account any more, until somebody signs in to it again. Null: there is no such account. */
  async signOut(id: string): Promise<{ account: Account; tokens: number; links: number } | null> {
    const { store, tokens } = this.#parts;
    const account = await store.account(id);
    if (account === null) return null;
    // First, so that none of them becomes a token that is not looked for any more.
    await store.removeSignInCodes(id);
    return { account, ...(await tokens.revokeAll(id)) };
  }

  async #code({ id }: Account, label: string): Promise<string> {
    const { store, clock, random } = this.#parts;
    const code = `${CODE_PREFIX}${randomText(random, 24)}`;
    const now = clock.now();
    await store.putSignInCode(
      { hash: hashOf(code), account: id, label, createdAt: now, expiresAt: now + CODE_MS },
      { now, most: MOST_CODES },
    );
    return code;
  }
}

/** One and the same, whatever is wrong with it; `why` is for the log. */
export const codeNotAccepted = (why: string): SignalboxError =>
  new SignalboxError(
    "unauthenticated",
    "sign_in_failed",
    "the code is not accepted",
    "A code is good once, for five minutes: sign in again for another one",
    why,
  );

const hashOf = (code: string): string => createHash("sha256").update(code).digest("hex");

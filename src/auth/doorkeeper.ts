/**
 * Bounds what one address can try and what one account can ask. Invariants:
 *
 *   D1  Who has shown too many tokens that are not accepted is not looked up any more, until he has been quiet for a while.
 *   D2  A token that was accepted here before passes all the same: what a neighbour behind the same address does, or another
 *       program of the machine, locks out nobody who is at work, nor who was when the server was started anew.
 */
import { createHash } from "node:crypto";
import type { Token } from "../domain/account.ts";
import { SignalboxError, TooOften } from "../domain/errors.ts";
import type { Clock } from "../domain/ports/clock.ts";
import { senderOf } from "./address.ts";
import { Rate } from "./rate.ts";

export interface Rates {
  /** By address. */
  failedTokensPerMinute: number;
  /** By account. */
  callsPerMinute: number;
  /** Steps of sign-ins, by address. */
  signInsPerMinute: number;
}

export const RATES: Rates = { failedTokensPerMinute: 60, callsPerMinute: 6_000, signInsPerMinute: 30 };

/** More than an installation has; beyond it the longest unseen count as strangers. */
const MOST_KNOWN = 1_000;

export class Doorkeeper {
  readonly #failures: Rate;
  readonly #calls: Rate;
  readonly #signIns: Rate;
  readonly #rates: Rates;
  /** Hashes of tokens that were accepted, the longest unseen first. */
  readonly #known = new Set<string>();

  constructor(clock: Clock, rates: Rates) {
    this.#rates = rates;
    this.#failures = new Rate(clock, rates.failedTokensPerMinute);
    this.#calls = new Rate(clock, rates.callsPerMinute);
    this.#signIns = new Rate(clock, rates.signInsPerMinute);
  }

  /** What `authenticate` gives; a failure is counted for the address. Throws `TooOften` without asking. */
  async letIn<T>(peer: string, secret: string | null, authenticate: () => Promise<T>): Promise<T> {
    const sender = senderOf(peer);
    const hash = createHash("sha256")
      .update(secret ?? "")
      .digest("hex");
    const waitMs = this.#failures.wait(sender);
    if (waitMs > 0 && !this.#known.has(hash)) throw tooManyTokens(waitMs);
    try {
      const accepted = await authenticate();
      this.#note(hash);
      return accepted;
    } catch (error) {
      if (error instanceof SignalboxError && error.kind === "unauthenticated") {
        this.#failures.count(sender);
        this.#known.delete(hash);
      }
      throw error;
    }
  }

  /** One more call of the account. Throws `TooOften`. */
  call(account: string): void {
    const waitMs = this.#calls.wait(account);
    if (waitMs > 0) {
      throw new TooOften(
        "too_many_calls",
        `the account asks too often: ${this.#rates.callsPerMinute} calls a minute are taken`,
        waitMs,
      );
    }
    this.#calls.count(account);
  }

  /** One more step of a sign-in, whatever comes of it. Throws `TooOften`. */
  signIn(peer: string): void {
    const sender = senderOf(peer);
    const waitMs = this.#signIns.wait(sender);
    if (waitMs > 0) throw new TooOften("too_many_sign_ins", "too many sign-ins from this address", waitMs);
    this.#signIns.count(sender);
  }

  /** Tokens of the store: those that were seen before this start count as accepted (D2). */
  remember(tokens: readonly Token[]): void {
    const seen = tokens.filter(({ role, lastSeenAt }) => lastSeenAt !== null || role === "admin");
    seen.sort((a, b) => (a.lastSeenAt ?? 0) - (b.lastSeenAt ?? 0));
    for (const { hash } of seen) this.#note(hash);
  }

  #note(hash: string): void {
    this.#known.delete(hash);
    this.#known.add(hash);
    const [oldest] = this.#known;
    if (this.#known.size > MOST_KNOWN && oldest !== undefined) this.#known.delete(oldest);
  }
}

const tooManyTokens = (waitMs: number): TooOften =>
  new TooOften("too_many_failures", "too many connection tokens from this address were not accepted", waitMs);

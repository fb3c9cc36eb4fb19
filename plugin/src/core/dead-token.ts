/**
 * The token that the server has said no to. Invariants:
 *
 *   T1  One that was revoked is not shown again: only another token in the configuration, which is read again, ends it.
 *   T2  One that is not known is shown again, later each time, up to an hour apart: the server may have been started on another
 *       data folder by mistake. Who asks for an event or for trouble has it tried at once.
 */
import type { Refusal } from "./link-machine.ts";
import type { Clock } from "./ports/clock.ts";

const FIRST_MS = 60_000;
const LONGEST_MS = 3_600_000;

export class DeadToken {
  readonly #clock: Clock;
  /** Of the token that the link was opened with last. */
  #shown: string | null = null;
  #dead: { fingerprint: string; refusal: Refusal; until: number } | null = null;
  #refusals = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Null: this token may be shown, and is. */
  whyNot(fingerprint: string): string | null {
    const dead = this.#of(fingerprint);
    if (dead !== null && this.#clock.monotonic() < dead.until) return wordsOf(dead.refusal);
    this.#shown = fingerprint;
    return null;
  }

  /** What the server said of it; null: nothing against it. */
  refusalOf(fingerprint: string): Refusal | null {
    return this.#of(fingerprint)?.refusal ?? null;
  }

  refused(refusal: Refusal): void {
    if (this.#shown === null) return;
    this.#refusals += 1;
    const wait = Math.min(FIRST_MS * 2 ** (this.#refusals - 1), LONGEST_MS);
    const until = refusal.code === "revoked" ? Number.POSITIVE_INFINITY : this.#clock.monotonic() + wait;
    this.#dead = { fingerprint: this.#shown, refusal, until };
  }

  welcomed(): void {
    this.#dead = null;
    this.#refusals = 0;
  }

  /** Somebody asks now. */
  asked(): void {
    if (this.#dead !== null && this.#dead.until !== Number.POSITIVE_INFINITY) this.#dead.until = 0;
  }

  #of(fingerprint: string) {
    return this.#dead?.fingerprint === fingerprint ? this.#dead : null;
  }
}

const TOKEN_REFUSALS: readonly string[] = ["revoked", "unauthenticated"];

/** It is the token that is refused, and no other one would be. */
export const isOfToken = (code: string): boolean => TOKEN_REFUSALS.includes(code);

const wordsOf = ({ message, cure }: Refusal): string => `${message}. ${cure}`;

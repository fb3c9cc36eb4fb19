/**
 * What a sign-in needs to know at its next step is kept by the browser that has begun it, sealed with the server's key: nothing heaps up
 * here, a restart loses none, and any process that has the key goes on with it.
 */
import { z } from "zod";
import type { Cipher } from "../../config/cipher.ts";
import type { Clock } from "../../domain/ports/clock.ts";

/** Whoever takes longer begins again. */
export const NOTE_MS = 10 * 60_000;

export class Notes<T> {
  readonly #cipher: Cipher;
  readonly #clock: Clock;
  readonly #purpose: string;
  readonly #shape: z.ZodType<{ at: number; note: T }>;

  /** A note of one purpose is none of another. */
  constructor({ cipher, clock }: { cipher: Cipher; clock: Clock }, purpose: string, shape: z.ZodType<T>) {
    this.#cipher = cipher;
    this.#clock = clock;
    this.#purpose = purpose;
    this.#shape = z.object({ at: z.number(), note: shape });
  }

  seal(note: T): string {
    return this.#cipher.seal(JSON.stringify({ at: this.#clock.now(), note }), this.#bound);
  }

  /** Null: it is none of ours, or too old. */
  open(text: string | undefined): T | null {
    if (text === undefined) return null;
    try {
      const { at, note } = this.#shape.parse(JSON.parse(this.#cipher.open(text, this.#bound)));
      const age = this.#clock.now() - at;
      return age >= 0 && age < NOTE_MS ? note : null;
    } catch {
      return null;
    }
  }

  /** No account has such an id. */
  get #bound() {
    return { account: "sign-in", source: this.#purpose };
  }
}

/** Choices that a seed repeats. */
import { createHash } from "node:crypto";
import { seededRandom } from "../world/seeded-random.ts";

export interface Chance {
  /** From 0 up to, but without, `end`. */
  below(end: number): number;
  of<T>(choices: readonly T[]): T;
  /** True once in `n`. */
  oneIn(n: number): boolean;
  bytes(length: number): Uint8Array;
}

/** The same words and numbers give the same choices. */
export function chanceOf(...seed: readonly (string | number)[]): Chance {
  const digest = createHash("sha256").update(JSON.stringify(seed)).digest();
  const random = seededRandom(digest.readUInt32BE(0));
  const below = (end: number): number => Math.floor(random.fraction() * end);
  return {
    below,
    of(choices) {
      const chosen = choices[below(choices.length)];
      if (chosen === undefined && choices.length === 0) throw new Error("there is nothing to choose from");
      // One of them, whatever type they have; `undefined` may be among them.
      return chosen as (typeof choices)[number];
    },
    oneIn: (n) => below(n) === 0,
    bytes: (length) => random.bytes(length),
  };
}

/** All chance of a world, from its seed alone. */
import type { Random } from "../../src/domain/ports/random.ts";
import { seededRandom } from "../world/seeded-random.ts";

export class Chance {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = seededRandom(Math.imul(seed, 2_654_435_761) ^ 0x5151);
  }

  /** In [from, to). */
  between(from: number, to: number): number {
    return from + (to - from) * this.#random.fraction();
  }

  /** A whole number in [from, to]. */
  whole(from: number, to: number): number {
    return Math.floor(this.between(from, to + 1));
  }

  /** Mostly near `typical`, now and then many times longer: how long things take. */
  around(typical: number): number {
    const dice = this.#random.fraction();
    return (
      typical * (dice < 0.8 ? this.between(0.5, 1.5) : dice < 0.97 ? this.between(1, 4) : this.between(4, 20))
    );
  }

  one(probability: number): boolean {
    return this.#random.fraction() < probability;
  }

  of<T>(all: readonly T[]): T {
    const found = all[this.whole(0, all.length - 1)];
    if (found === undefined) throw new Error("nothing to choose from");
    return found;
  }

  /** One of them, each as often as its weight says. */
  weighted<T extends string>(weights: Readonly<Partial<Record<T, number>>>): T {
    const entries = Object.entries(weights) as [T, number][];
    let left = this.between(
      0,
      entries.reduce((sum, [, weight]) => sum + weight, 0),
    );
    for (const [name, weight] of entries) {
      left -= weight;
      if (left < 0) return name;
    }
    return this.of(entries)[0];
  }

  shuffled<T>(all: readonly T[]): T[] {
    const rest = [...all];
    for (let last = rest.length - 1; last > 0; last--) {
      const other = this.whole(0, last);
      const [a, b] = [rest[last], rest[other]];
      if (a !== undefined && b !== undefined) [rest[last], rest[other]] = [b, a];
    }
    return rest;
  }

  /** A process's own randomness. */
  random(): Random {
    return seededRandom(this.whole(0, 2 ** 31));
  }
}

/**
 * What waits for the host's next tick, in the order in which it came. What a failing store has left keeps its place in front:
 * a break told before a new link must not be stored after it.
 */
import type { Letter } from "./letter.ts";

/** Steps of one tick: enough to share a commit well, few enough to answer soon. */
const LETTERS_A_TICK = 256;

/** What nobody waits for is kept while the store fails, up to here: an outage must not fill the memory (promise 8). */
const MOST_KEPT = 5_000;

export class Mailbox {
  #letters: Letter[] = [];
  /** So many in front are left over; they don't keep newer ones from their tick. */
  #kept = 0;

  get isEmpty(): boolean {
    return this.#letters.length === 0;
  }

  put(letter: Letter): void {
    this.#letters.push(letter);
  }

  forTick(): Letter[] {
    return this.#letters.splice(0, this.#kept + LETTERS_A_TICK);
  }

  /** What a tick has left. Those that are too many are given back, and kept no more. */
  putBack(letters: readonly Letter[]): readonly Letter[] {
    const kept = letters.slice(0, MOST_KEPT);
    this.#letters.unshift(...kept);
    this.#kept = kept.length;
    return letters.slice(MOST_KEPT);
  }

  /** New events, which need no tick to be stored. */
  takeArrivals(): Extract<Letter, { kind: "arrival" }>[] {
    const arrivals = this.#letters.filter((letter) => letter.kind === "arrival");
    this.#letters = this.#letters.filter((letter) => letter.kind !== "arrival");
    return arrivals;
  }

  takeAll(): Letter[] {
    return this.#letters.splice(0);
  }
}

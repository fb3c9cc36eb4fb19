/**
 * Answers to "what is stored under this name" (a source behind its address, what is said of a lane), kept for a short while: under load
 * each webhook asks, and the answer rarely changes.
 * Invariants:
 *
 *   C1  Bounded: no more than so many answers, the longest unused go first. Also that there is nothing is an answer, or
 *       strangers who guess addresses would read the store each time; it is kept for a moment only.
 *   C2  A change made here is seen by the next who asks: `forget`.
 *   C3  A change made by another server on the same store is seen within the maximum age.
 *   C4  A failure is no answer.
 */
import type { Clock } from "../domain/ports/clock.ts";

const MOST = 1_000;
const MAX_AGE_MS = 5_000;
const NOTHING_MAX_AGE_MS = 1_000;

interface Kept<T> {
  answer: Promise<T | null>;
  until: number;
}

export class LookupCache<T> {
  readonly #clock: Clock;
  /** The longest unused first. */
  #kept = new Map<string, Kept<T>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#kept.size;
  }

  /** The kept answer; undefined: there is none, or not any more. */
  kept(key: string): Promise<T | null> | undefined {
    const known = this.#kept.get(key);
    if (known === undefined) return undefined;
    this.#kept.delete(key);
    if (known.until <= this.#clock.monotonic()) return undefined;
    this.#kept.set(key, known);
    return known.answer;
  }

  /** The kept answer, or what `read` gives; who asks while somebody reads gets the same. */
  find(key: string, read: () => Promise<T | null>): Promise<T | null> {
    return this.kept(key) ?? this.#read(key, this.#clock.monotonic(), read);
  }

  /** Everything: changes are rare. What is being read at this moment is forgotten too. */
  forget(): void {
    this.#kept.clear();
  }

  #read(key: string, now: number, read: () => Promise<T | null>): Promise<T | null> {
    const fresh: Kept<T> = { answer: read(), until: now + MAX_AGE_MS };
    this.#kept.set(key, fresh);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST && oldest !== undefined) this.#kept.delete(oldest);
    fresh.answer.then(
      (found) => {
        if (found === null) fresh.until = now + NOTHING_MAX_AGE_MS;
      },
      () => {
        if (this.#kept.get(key) === fresh) this.#kept.delete(key);
      },
    );
    return fresh.answer;
  }
}

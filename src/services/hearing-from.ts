/**
 * What providers send: whether a source was ever heard of, and what was refused of late, so that a webhook that nobody has set up, or
 * with another secret, is found. The first that is accepted is written down; what is refused costs no write, and is known until the
 * server ends. Only of so many sources: those that were deleted go with time (promise 8).
 */
import type { Clock } from "../domain/ports/clock.ts";
import type { Store } from "../domain/ports/store.ts";
import type { Source } from "../domain/source.ts";
import type { Log } from "./log.ts";

export interface Refused {
  count: number;
  /** Of the last one. */
  code: string;
  at: number;
}

/** Of each; what came longest ago is forgotten. */
const MOST = 10_000;

export class HearingFrom {
  readonly #parts: { store: Store; clock: Clock; log: Log };
  readonly #refused = new Map<string, Refused>();
  /** Written down, or about to be. */
  readonly #noted = new Set<string>();

  constructor(parts: { store: Store; clock: Clock; log: Log }) {
    this.#parts = parts;
  }

  /** Waits for nothing: the request was accepted, whether or not this can be written. */
  accepted({ id, heardAt }: Source): void {
    this.#refused.delete(id);
    if (heardAt !== null || this.#noted.has(id)) return;
    this.#noted.add(id);
    forgetOldest(this.#noted);
    const { store, clock, log } = this.#parts;
    store.noteHeard(id, clock.now()).catch((error: unknown) => {
      this.#noted.delete(id);
      log.warn({ source: id, error: String(error) }, "that a source was heard could not be written down");
    });
  }

  refused({ id }: Source, code: string): void {
    const count = (this.#refused.get(id)?.count ?? 0) + 1;
    this.#refused.delete(id);
    this.#refused.set(id, { count, code, at: this.#parts.clock.now() });
    forgetOldest(this.#refused);
  }

  /** Null: nothing since one was accepted, or since the server has started. */
  refusedOf({ id }: Source): Refused | null {
    return this.#refused.get(id) ?? null;
  }
}

function forgetOldest(known: { size: number; keys(): Iterable<string>; delete(id: string): boolean }): void {
  const [oldest] = known.keys();
  if (known.size > MOST && oldest !== undefined) known.delete(oldest);
}

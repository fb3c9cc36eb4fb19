/** What the routes of a source have not let through: whole events, and parts of payloads. */
import type { DroppedType, Store } from "../domain/ports/store.ts";
import type { Source } from "../domain/source.ts";

/** Dropped events are counted no further. */
const MOST_DROPPED = 100_000;

/** So many of them, the newest, are told by type, and so many types. */
const MOST_TYPED = 1_000;
const MOST_TYPES = 10;

export class LeftOut {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** What no route wanted; of the newest the types, the most frequent first. */
  async droppedBy({ id }: Source): Promise<{ count: number; types: DroppedType[] }> {
    const count = await this.#store.dropped(id, MOST_DROPPED);
    const types = count === 0 ? [] : await this.#store.droppedTypes(id, MOST_TYPED);
    return { count, types: types.slice(0, MOST_TYPES) };
  }

  /** What routes have left out of its payloads. */
  omittedBytes({ id }: Source): Promise<number> {
    return this.#store.omittedBytes(id);
  }
}

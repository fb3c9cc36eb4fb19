/**
 * The content that will be asked for next: of an event that was claimed as it came in, or that leads its lane. One at most, and
 * no large one (promise 8). A content never changes, until it is removed.
 */
import type { EventContent } from "../../domain/event.ts";

/** Characters of a payload. */
export const MOST_EXPECTED = 65_536;

interface Expected {
  id: string;
  content: EventContent;
}

export class ExpectedContent {
  #committed: Expected | null = null;
  /** In the transaction that is open. */
  #written: Expected | null = null;

  written(id: string, content: EventContent): void {
    if (content.payload.length <= MOST_EXPECTED) this.#written = { id, content };
  }

  committed(): void {
    this.#committed = this.#written ?? this.#committed;
    this.#written = null;
  }

  rolledBack(): void {
    this.#written = null;
  }

  /** As it stands in the file. */
  read(id: string, content: EventContent): void {
    this.#committed = { id, content };
  }

  /** It is not kept any more. */
  forget(id: string): void {
    if (this.#committed?.id === id) this.#committed = null;
  }

  /** Undefined: it must be read. */
  get(id: string): EventContent | undefined {
    return this.#committed?.id === id ? this.#committed.content : undefined;
  }
}

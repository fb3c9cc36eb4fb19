/**
 * Who has what in hand, as it was last written or asked for: each match and each ack asks for it. Like the records
 * (`recent-records.ts`) it is what stands in the file, because nobody else writes there.
 */
import type { EventRecord } from "../../domain/event.ts";

/** Of holders; beyond it all are asked for anew. */
const MOST = 1_000;

export class RecentHands {
  /** An event's id by its holder; null: he has none. */
  readonly #held = new Map<string, string | null>();
  readonly #holders = new Map<string, string>();

  static keyOf(account: string, session: string): string {
    return `${account} ${session}`;
  }

  /** The record was committed like this. */
  committed({ facts, actor }: EventRecord): void {
    const { claim } = actor.context;
    const before = this.#holders.get(facts.id);
    if (before !== undefined) {
      this.#holders.delete(facts.id);
      if (this.#held.get(before) === facts.id) this.#held.set(before, null);
    }
    if (claim !== null) this.read(RecentHands.keyOf(facts.account, claim.session), facts.id);
  }

  /** As it stands in the file. */
  read(holder: string, id: string | null): void {
    if (this.#held.size >= MOST) this.forget();
    this.#held.set(holder, id);
    if (id !== null) this.#holders.set(id, holder);
  }

  /** What is in the file is not known for sure. */
  forget(): void {
    this.#held.clear();
    this.#holders.clear();
  }

  /** Undefined: it must be read. */
  get(holder: string): string | null | undefined {
    return this.#held.get(holder);
  }
}

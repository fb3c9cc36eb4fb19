/**
 * Events as they were last written or met at the head of a lane. Each is asked for again and again until its ack, and to read
 * a row costs more than the step that it is read for. The file is this process's alone (`open.ts`), so what was committed is
 * what is there.
 */
import type { EventRecord } from "../../domain/event.ts";

/** Beyond it the oldest are read from the file again. */
const MOST = 1_000;

export class RecentEvents {
  readonly #committed = new Map<string, EventRecord>();
  /** In the transaction that is open. */
  readonly #written: EventRecord[] = [];

  /** As the transaction that is open leaves it. */
  written(record: EventRecord): void {
    this.#written.push(record);
  }

  committed(): void {
    for (const record of this.#written.splice(0)) {
      // Nobody asks for what has no holder any more, but to look at it.
      if (record.actor.context.claim === null) this.#committed.delete(record.facts.id);
      else this.read(record);
    }
  }

  /** It was found to differ from what is in the file. */
  lost(id: string): void {
    this.#committed.delete(id);
  }

  /** Also of a commit that failed it is not known what it has left. */
  rolledBack(): void {
    for (const { facts } of this.#written.splice(0)) this.#committed.delete(facts.id);
  }

  /** As it stands in the file. */
  read(record: EventRecord): EventRecord {
    this.#committed.delete(record.facts.id);
    this.#committed.set(record.facts.id, record);
    for (const id of this.#committed.keys()) {
      if (this.#committed.size <= MOST) break;
      this.#committed.delete(id);
    }
    return record;
  }

  /** Undefined: it must be read. */
  get(id: unknown): EventRecord | undefined {
    return typeof id === "string" ? this.#committed.get(id) : undefined;
  }
}

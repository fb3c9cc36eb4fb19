/**
 * Records as they were last written, or met where they are asked for again soon: an event at the head of a lane and until
 * its ack, a session at each match. To read a row costs more than the step that it is read for. The file is this process's alone
 * (`open.ts`), so what was committed is what is there.
 */

/** Beyond it the oldest are read from the file again. */
const MOST = 1_000;

interface Kind<R> {
  keyOf(record: R): string;
  /** False: once it is written like this, nobody asks for it any more but to look at it. */
  keeps(record: R): boolean;
  /** Told of each record as it was committed. */
  committed?(record: R): void;
  /** Told that what is in the file is not known for sure. */
  doubted?(): void;
}

export class RecentRecords<R> {
  readonly #kind: Kind<R>;
  readonly #committed = new Map<string, R>();
  /** In the transaction that is open. */
  readonly #written: R[] = [];

  constructor(kind: Kind<R>) {
    this.#kind = kind;
  }

  /** As the transaction that is open leaves it. */
  written(record: R): void {
    this.#written.push(record);
  }

  committed(): void {
    for (const record of this.#written.splice(0)) {
      this.#kind.committed?.(record);
      if (this.#kind.keeps(record)) this.read(record);
      else this.#committed.delete(this.#kind.keyOf(record));
    }
  }

  /** It was found to differ from what is in the file. */
  lost(key: string): void {
    this.#committed.delete(key);
    this.#kind.doubted?.();
  }

  /** It is removed. */
  forget(key: string): void {
    this.#committed.delete(key);
  }

  /** Also of a commit that failed it is not known what it has left. */
  rolledBack(): void {
    for (const record of this.#written.splice(0)) this.#committed.delete(this.#kind.keyOf(record));
    this.#kind.doubted?.();
  }

  /** As it stands in the file. */
  read(record: R): R {
    const key = this.#kind.keyOf(record);
    this.#committed.delete(key);
    this.#committed.set(key, record);
    for (const oldest of this.#committed.keys()) {
      if (this.#committed.size <= MOST) break;
      this.#committed.delete(oldest);
    }
    return record;
  }

  /** Undefined: it must be read. */
  get(key: unknown): R | undefined {
    return typeof key === "string" ? this.#committed.get(key) : undefined;
  }
}

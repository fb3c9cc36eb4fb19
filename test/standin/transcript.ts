/** The ordered log of a stand-in, and the one way to wait for something in it. */
import type { Entry, EntryOf, Happening, Kind } from "./transcript-entry.ts";

export class Transcript {
  readonly entries: Entry[] = [];
  #watchers = new Set<() => void>();

  add(happening: Happening): void {
    this.append({ ...happening, at: Date.now() });
  }

  append(entry: Entry): void {
    this.entries.push(entry);
    for (const look of [...this.#watchers]) look();
  }

  of<K extends Kind>(kind: K): EntryOf<K>[] {
    return this.entries.filter((entry): entry is EntryOf<K> => entry.kind === kind);
  }

  last<K extends Kind>(kind: K): EntryOf<K> | undefined {
    return this.of(kind).at(-1);
  }

  /**
   * What `find` gives as soon as it gives something, asked now and after each new entry.
   *
   * @example const second = await transcript.until(() => transcript.of("turn-end")[1]);
   */
  until<T>(find: () => T | undefined | null | false, withinMs = 10_000): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const stop = () => {
      clearTimeout(timer);
      this.#watchers.delete(look);
    };
    const look = () => {
      try {
        const found = find();
        if (found === undefined || found === null || found === false) return;
        resolve(found);
      } catch (error) {
        reject(error);
      }
      stop();
    };
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`not so within ${withinMs} ms: ${find}\nThe transcript ends with\n${this.tail()}`));
    }, withinMs);
    this.#watchers.add(look);
    look();
    return promise;
  }

  /** The last entries, one a line, for messages of failed tests. */
  tail(count = 40): string {
    const lines = this.entries.slice(-count).map((entry) => JSON.stringify(entry));
    return lines.map((line) => (line.length > 400 ? `${line.slice(0, 400)}…` : line)).join("\n");
  }
}

/** The ordered log of a stand-in, and the one way to wait for something in it. */
import type { Entry, EntryOf, Happening, Kind } from "./transcript-entry.ts";
import { Watched } from "./watched.ts";

export class Transcript extends Watched {
  readonly entries: Entry[] = [];
  #pass: (entry: Entry) => void;

  /** Each entry is passed on as it is written. */
  constructor(pass: (entry: Entry) => void = () => {}) {
    super();
    this.#pass = pass;
  }

  add(happening: Happening): void {
    this.append({ ...happening, at: Date.now() });
  }

  append(entry: Entry): void {
    this.entries.push(entry);
    this.#pass(entry);
    this.changed();
  }

  of<K extends Kind>(kind: K): EntryOf<K>[] {
    return this.entries.filter((entry): entry is EntryOf<K> => entry.kind === kind);
  }

  last<K extends Kind>(kind: K): EntryOf<K> | undefined {
    return this.of(kind).at(-1);
  }

  /** All that Claude has read, in order. */
  get read(): string[] {
    return this.entries.flatMap((entry) =>
      entry.kind === "turn-begin" || entry.kind === "read" ? entry.reads : [],
    );
  }

  protected override told(): string {
    const lines = this.entries.slice(-40).map((entry) => JSON.stringify(entry));
    const cut = lines.map((line) => (line.length > 400 ? `${line.slice(0, 400)}…` : line));
    return `The transcript ends with\n${cut.join("\n")}`;
  }
}

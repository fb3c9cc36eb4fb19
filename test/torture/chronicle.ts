/** What was done and seen, in its order: shown to nobody while all goes well, kept where it did not. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Entry } from "../standin/transcript-entry.ts";

export class Chronicle {
  /** What should not be, a line each. */
  readonly problems: string[] = [];
  readonly #lines: string[] = [];

  constructor(title: string) {
    this.#lines.push(title);
  }

  note(line: string): void {
    this.#lines.push(`${new Date().toISOString().slice(11, 23)} ${line}`);
  }

  problem(line: string): void {
    this.problems.push(line);
    this.note(`✗ ${line}`);
  }

  write(folder: string, transcripts: readonly (readonly Entry[])[]): void {
    writeFileSync(join(folder, "timeline.txt"), `${this.#lines.join("\n")}\n`);
    for (const [i, entries] of transcripts.entries()) {
      const lines = entries.map((entry) => JSON.stringify(entry));
      writeFileSync(join(folder, `transcript-${i}.jsonl`), `${lines.join("\n")}\n`);
    }
  }
}

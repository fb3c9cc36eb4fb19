/** Where a command speaks: answers go to stdout, trouble to stderr, questions only where somebody can answer. */
import { createInterface } from "node:readline/promises";

export interface Terminal {
  print(line: string): void;
  complain(line: string): void;
  /** Yes or no; null: nobody is there to ask. */
  ask(question: string): Promise<boolean | null>;
}

export const processTerminal: Terminal = {
  print: (line) => void process.stdout.write(`${line}\n`),
  complain: (line) => void process.stderr.write(`${line}\n`),
  async ask(question) {
    if (!process.stdin.isTTY || !process.stdout.isTTY) return null;
    const lines = createInterface({ input: process.stdin, output: process.stdout });
    try {
      return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
    } finally {
      lines.close();
    }
  },
};

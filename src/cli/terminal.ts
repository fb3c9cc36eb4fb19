/** Where a command speaks: answers go to stdout, trouble to stderr, questions only where somebody can answer. */
import { createInterface } from "node:readline/promises";
import type { ReadStream, WriteStream } from "node:tty";
import { hasCode } from "../edges/file-trouble.ts";

export interface Terminal {
  print(line: string): void;
  complain(line: string): void;
  /** Yes or no; null: nobody is there to ask. */
  ask(question: string): Promise<boolean | null>;
  /** Resolves, with what went wrong, when answers can no longer be written: the terminal was closed, `| head` has enough. */
  left: Promise<Error>;
}

/** Of a process; where they are no terminal, `isTTY` is unset. */
export interface Streams {
  stdin: Pick<ReadStream, "isTTY"> & NodeJS.ReadableStream;
  stdout: Pick<WriteStream, "isTTY"> & NodeJS.WritableStream;
  stderr: NodeJS.WritableStream;
}

export function terminalOf({ stdin, stdout, stderr }: Streams): Terminal {
  const left = Promise.withResolvers<Error>();
  // Unheard, either error would end the process at once; a server has to drain first.
  stdout.on("error", left.resolve);
  stderr.on("error", () => {});
  return {
    print: (line) => void stdout.write(`${line}\n`),
    complain: (line) => void stderr.write(`${line}\n`),
    async ask(question) {
      if (!stdin.isTTY || !stdout.isTTY) return null;
      const lines = createInterface({ input: stdin, output: stdout });
      try {
        return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
      } catch (error) {
        // Ctrl-C and Ctrl-D: whoever will not answer has not agreed.
        if (!hasCode(error, "ABORT_ERR")) throw error;
        stdout.write("\n");
        return false;
      } finally {
        lines.close();
      }
    },
    left: left.promise,
  };
}

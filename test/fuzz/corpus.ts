/** The corpus: what was found, and what was thought of by hand. `npm test` replays all of it for ever. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

const FOLDER = join(import.meta.dirname, "corpus");

export interface CorpusFile {
  path: string;
  target: string;
  name: string;
  input: Uint8Array;
}

export function corpusOf(target: string): CorpusFile[] {
  const folder = join(FOLDER, target);
  try {
    return readdirSync(folder)
      .sort()
      .map((name) => readCorpusFile(join(folder, name)));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

/** Targets that have a folder. */
export const corpusTargets = (): string[] => readdirSync(FOLDER).sort();

export function readCorpusFile(path: string): CorpusFile {
  return { path, target: basename(dirname(path)), name: basename(path), input: readFileSync(path) };
}

/** The file that keeps an input which was found; its name says what it broke. */
export function keep(target: string, broken: string, input: Uint8Array): string {
  const words = broken.toLowerCase().match(/[a-z0-9]+/g) ?? ["found"];
  const folder = join(FOLDER, target);
  mkdirSync(folder, { recursive: true });
  for (let n = 1; ; n++) {
    const path = join(folder, `${words.slice(0, 7).join("-").slice(0, 60)}${n === 1 ? "" : `-${n}`}`);
    try {
      writeFileSync(path, input, { flag: "wx" });
      return path;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
  }
}

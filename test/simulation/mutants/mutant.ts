/** The code broken on purpose, in one place: what the simulation must find, and by which promise. */
import { readFileSync } from "node:fs";

export interface Mutant {
  name: string;
  /** The promise whose invariant must catch it. */
  breaks: number;
  /** From the repository's root. */
  file: string;
  /** Stands there exactly once. */
  find: string;
  replace: string;
}

export const ROOT = new URL("../../../", import.meta.url);

/** The file with the mutation; throws where its text is no longer there. */
export function mutated({ name, file, find, replace }: Mutant): string {
  const text = readFileSync(new URL(file, ROOT), "utf8");
  const found = text.split(find).length - 1;
  if (found !== 1)
    throw new Error(`stale mutant "${name}": its text stands ${found} times in ${file}, not once`);
  return text.replace(find, () => replace);
}

/** The source files of a folder and what each imports, read from their text. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

export interface SourceFile {
  /** From the root of the repository. */
  path: string;
  /** Own files that it imports, from the root; packages are left out. */
  imports: string[];
}

/** `import … from "x"`, `export … from "x"`, `import "x"`, `import("x")`. */
const SPECIFIER = /(?:\bfrom|\bimport|\bimport\()\s*"([^"]+)"/g;

export function sourceFiles(folder: string): SourceFile[] {
  const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  if (files.length === 0) throw new Error(`${folder} has no source files: nothing would be checked`);
  return files.sort().map((name) => {
    const path = `${folder}/${name}`;
    return { path, imports: importsOf(path, readFileSync(join(ROOT, path), "utf8")) };
  });
}

export function importsOf(path: string, text: string): string[] {
  const own = [...text.matchAll(SPECIFIER)]
    .map(([, name = ""]) => name)
    .filter((name) => name.startsWith("."));
  return own.map((name) => relative(ROOT, join(ROOT, dirname(path), name)));
}

/**
 * The parts of a page in `docs/` that are made from the code, between two marker comments. With `--check` a script
 * writes nothing and fails if the page is stale; without its markers it fails always.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export interface MarkedPart {
  /** From the root of the repository. */
  page: string;
  /** Between `<!-- name: made by … -->` and `<!-- end of name -->`. */
  name: string;
  script: string;
  text: string;
}

export function renew(part: MarkedPart, check: boolean): void {
  const path = fileURLToPath(new URL(`../${part.page}`, import.meta.url));
  const page = readFileSync(path, "utf8");
  const renewed = replaced(page, part);
  if (renewed === page) return;
  if (!check) {
    writeFileSync(path, renewed);
    console.log(`${part.page}: ${part.name} renewed`);
    return;
  }
  console.error(`${part.page} is stale: ${part.name} differs from the code. Renew it: node ${part.script}`);
  process.exitCode = 1;
}

function replaced(page: string, { page: name, name: part, script, text }: MarkedPart): string {
  const open = `<!-- ${part}: made by ${script} -->`;
  const close = `<!-- end of ${part} -->`;
  const from = page.indexOf(open);
  const to = page.indexOf(close);
  if (from < 0 || to < from) throw new Error(`${name} lacks its markers ${open} and ${close}`);
  return `${page.slice(0, from + open.length)}\n\n${text.trim()}\n\n${page.slice(to)}`;
}

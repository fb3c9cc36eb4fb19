/**
 * Runs suites side by side: each round measures all of them, one after the other, so that what slows the machine down for a
 * while slows no suite alone.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { medians } from "./median.ts";
import { progress } from "./progress.ts";
import type { Figures, Prepared, Setting, Suite } from "./suite.ts";

export interface Course {
  rounds: number;
  quick: boolean;
  /** Data of the run goes into a folder in here. */
  out: string;
}

/** The medians of each suite, by its name. */
export async function run(
  suites: readonly Suite[],
  { rounds, quick, out }: Course,
): Promise<Record<string, Figures>> {
  mkdirSync(out, { recursive: true });
  const setting: Setting = { quick, folder: mkdtempSync(join(out, "data-")) };
  const bar = progress(suites.length * (rounds + 1), process.stderr);
  const prepared: { name: string; at: Prepared; measured: Figures[] }[] = [];
  try {
    for (const { name, prepare } of suites) {
      bar.begin(`${name}: prepares`);
      prepared.push({ name, at: await prepare(setting), measured: [] });
    }
    for (let round = 1; round <= rounds; round++) {
      for (const { name, at, measured } of prepared) {
        bar.begin(`${name}: round ${round} of ${rounds}`);
        measured.push(await at.round());
      }
    }
    return Object.fromEntries(prepared.map(({ name, measured }) => [name, medians(measured)]));
  } finally {
    bar.end();
    for (const { at } of prepared) await at.close();
    rmSync(setting.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

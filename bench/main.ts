/**
 * `npm run bench`: measures what the documentation says of Signalbox's speed, prints it against the goals, and writes
 * `bench/out/latest.json`. Exit code 0 only if every goal was reached.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { machine, versions } from "./machine.ts";
import { grouped, lines, table } from "./report.ts";
import { run } from "./run.ts";
import type { Suite } from "./suite.ts";
import { suites } from "./suites/index.ts";

const HELP = `npm run bench [-- options]
  --only NAMES   suites, with commas between them: ${suites.map(({ name }) => name).join(",")}
  --rounds N     each figure is the median of so many rounds (5)
  --quick        one tiny round, to see that everything runs; nothing is judged
  --out FILE     the figures as JSON (bench/out/latest.json, with --quick bench/out/quick.json)`;

const OUT = join(import.meta.dirname, "out");

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      rounds: { type: "string", default: "5" },
      quick: { type: "boolean", default: false },
      out: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const { quick } = values;
  const chosen = chosenOf(values.only);
  const rounds = quick ? 1 : roundsOf(values.rounds);
  const startedAt = new Date().toISOString();
  const measured = await run(chosen, { rounds, quick, out: OUT });
  const all = lines(chosen, measured);
  for (const line of table(all, !quick)) console.log(line);
  const file = resolve(values.out ?? join(OUT, quick ? "quick.json" : "latest.json"));
  mkdirSync(dirname(file), { recursive: true });
  const course = { startedAt, rounds, quick };
  const figures = Object.fromEntries(
    Object.entries(measured).map(([suite, medians]) => [suite, grouped(medians)]),
  );
  const text = JSON.stringify({ ...figures, course, machine: machine(), versions: versions() }, null, 2);
  writeFileSync(file, `${text}\n`);
  return quick || all.every(({ goal }) => goal === null || goal.reached) ? 0 : 1;
}

function chosenOf(only: string | undefined): readonly Suite[] {
  if (only === undefined) return suites;
  return only.split(",").map((asked) => {
    const suite = suites.find(({ name }) => name === asked);
    if (suite === undefined) throw new Error(`there is no suite "${asked}"\n${HELP}`);
    return suite;
  });
}

function roundsOf(text: string): number {
  const rounds = Number(text);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds ${text} is no number of rounds`);
  return rounds;
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  return 2;
});

/**
 * `npm run simulate -- --seeds N [--from S] [--timeline] [--processes P]`: the real code in random worlds, one a seed.
 * `npm run simulate -- --mutants [--only NAME]`: proves that the simulation finds what breaks a promise.
 */
import { parseArgs } from "node:util";
import { hunt } from "./mutants/hunt.ts";
import { MUTANTS } from "./mutants/index.ts";
import { lastLine, simulate, tellBroken } from "./runner/simulate.ts";

const LAST_LINES = 60;

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1000" },
    from: { type: "string", default: "1" },
    timeline: { type: "boolean", default: false },
    mutants: { type: "boolean", default: false },
    only: { type: "string" },
    processes: { type: "string" },
  },
});

const processes = values.processes === undefined ? {} : { processes: whole("processes", values.processes) };

process.exitCode = values.mutants ? await huntAll() : await runAll();

async function runAll(): Promise<number> {
  const [from, count] = [whole("from", values.from), whole("seeds", values.seeds)];
  const startedAt = performance.now();
  const progress = (done: number) => {
    const perMinute = Math.round((done / (performance.now() - startedAt)) * 60_000);
    if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${count} seeds, ${perMinute} a minute `);
  };
  const sum = await simulate({ from, count }, { progress, ...processes });
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
  for (const ran of sum.broken) {
    console.log(tellBroken(ran, values.timeline ? Number.POSITIVE_INFINITY : LAST_LINES));
  }
  const happened = Object.entries(sum.counts).sort(([, a], [, b]) => b - a);
  console.log(happened.map(([what, times]) => `${times} ${what}`).join(", "));
  console.log(`${Math.round((sum.seeds / (performance.now() - startedAt)) * 60_000)} seeds a minute`);
  console.log(lastLine(sum));
  return sum.broken.length === 0 ? 0 : 1;
}

async function huntAll(): Promise<number> {
  const wanted = MUTANTS.filter(({ name }) => values.only === undefined || name === values.only);
  let escaped = 0;
  for (const mutant of wanted) {
    const caught = await hunt(mutant, processes);
    if (caught === null) escaped += 1;
    const how = caught === null ? "NOT CAUGHT" : `seed ${caught.seed}: ${caught.message}`;
    console.log(`${String(mutant.breaks).padStart(3)}  ${mutant.name.padEnd(48)} ${how}`);
  }
  console.log(`${wanted.length} mutants, ${wanted.length - escaped} caught, ${escaped} escaped`);
  return escaped === 0 && wanted.length > 0 ? 0 : 1;
}

function whole(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name} takes a whole number, not "${text}"`);
  return Number(text);
}

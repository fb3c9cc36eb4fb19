/**
 * `npm run simulate -- --seeds N [--from S] [--timeline] [--processes P]`: the real code in random worlds, one a seed.
 * `npm run simulate -- --mutants [--only NAME]`: proves that the simulation finds what breaks a promise.
 */
import { parseArgs } from "node:util";
import { hunt } from "./mutants/hunt.ts";
import { MUTANTS } from "./mutants/index.ts";
import { lastLine, simulate, tellBroken } from "./runner/simulate.ts";

const LAST_LINES = 60;

/** How often a run that is written to a file says how far it is. */
const SEEDS_A_LINE = 1_000;

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
  const perMinute = (done: number) => Math.round((done / (performance.now() - startedAt)) * 60_000);
  const clearLine = () => void (process.stderr.isTTY && process.stderr.write("\r\u001b[K"));
  const sum = await simulate(
    { from, count },
    {
      ...processes,
      signal: cutOff(),
      onRan(ran, { seeds }) {
        if (ran.broken !== null) {
          clearLine();
          console.log(tellBroken(ran, values.timeline ? Number.POSITIVE_INFINITY : LAST_LINES));
        }
        const line = `${seeds} of ${count} seeds, ${perMinute(seeds)} a minute`;
        if (process.stderr.isTTY) process.stderr.write(`\r${line} `);
        else if (seeds % SEEDS_A_LINE === 0) console.error(line);
      },
    },
  );
  clearLine();
  const happened = Object.entries(sum.counts).sort(([, a], [, b]) => b - a);
  console.log(happened.map(([what, times]) => `${times} ${what}`).join(", "));
  console.log(`${perMinute(sum.seeds)} seeds a minute`);
  console.log(lastLine(sum));
  return sum.broken.length === 0 && sum.seeds === count ? 0 : 1;
}

/** Whoever ends it early is told what was done until then. */
function cutOff(): AbortSignal {
  const cut = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => cut.abort());
  return cut.signal;
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

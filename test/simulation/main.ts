/**
 * `npm run simulate -- --seeds N [--from S] [--timeline] [--processes P]`: the real code in random worlds, one a seed.
 * `npm run simulate -- --mutants [--only NAME]`: proves that the simulation finds what breaks a promise.
 */
import { Misuse, script, whole } from "../world/script.ts";
import { hunt } from "./mutants/hunt.ts";
import { MUTANTS } from "./mutants/index.ts";
import type { Mutant } from "./mutants/mutant.ts";
import { lastLine, simulate, tellBroken } from "./runner/simulate.ts";
import type { Seeds } from "./runner/spread.ts";

const LAST_LINES = 60;

/** How often a run that is written to a file says how far it is. */
const SEEDS_A_LINE = 1_000;

const USAGE = `npm run simulate [-- options]
  --seeds N       so many worlds (1000)
  --from S        the first one's seed (1)
  --timeline      tells all of what a broken world did
  --processes N   (as many as there are cores)
  --mutants       breaks the code on purpose, and fails unless each is found
  --only NAME     this mutant alone`;

const OPTIONS = {
  seeds: { type: "string", default: "1000" },
  from: { type: "string", default: "1" },
  timeline: { type: "boolean", default: false },
  mutants: { type: "boolean", default: false },
  only: { type: "string" },
  processes: { type: "string" },
} as const;

interface Processes {
  processes?: number;
}

process.exitCode = await script({
  usage: USAGE,
  options: OPTIONS,
  async run({ seeds, from, timeline, mutants, only, processes: wanted }) {
    const processes = wanted === undefined ? {} : { processes: whole("processes", wanted, 1) };
    if (mutants) return huntAll(mutantsCalled(only), processes);
    if (only !== undefined) throw new Misuse("--only names a mutant: it needs --mutants.");
    return runAll(
      { from: whole("from", from, 0), count: whole("seeds", seeds, 1) },
      { timeline, ...processes },
    );
  },
});

async function runAll(
  { from, count }: Seeds,
  { timeline, ...processes }: Processes & { timeline: boolean },
): Promise<number> {
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
          console.log(tellBroken(ran, timeline ? Number.POSITIVE_INFINITY : LAST_LINES));
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

function mutantsCalled(only: string | undefined): readonly Mutant[] {
  const wanted = MUTANTS.filter(({ name }) => only === undefined || name === only);
  if (wanted.length > 0) return wanted;
  throw new Misuse(
    `There is no mutant "${only}"; there are:\n${MUTANTS.map(({ name }) => `  ${name}`).join("\n")}`,
  );
}

async function huntAll(wanted: readonly Mutant[], processes: Processes): Promise<number> {
  let escaped = 0;
  for (const mutant of wanted) {
    const caught = await hunt(mutant, processes);
    if (caught === null) escaped += 1;
    const how = caught === null ? "NOT CAUGHT" : `seed ${caught.seed}: ${caught.message}`;
    console.log(`${String(mutant.breaks).padStart(3)}  ${mutant.name.padEnd(48)} ${how}`);
  }
  console.log(`${wanted.length} mutants, ${wanted.length - escaped} caught, ${escaped} escaped`);
  return escaped === 0 ? 0 : 1;
}

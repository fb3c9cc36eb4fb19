/**
 * `npm run fuzz -- --minutes N [--seed S] [--only target]`: every target in turn, with a new seed each round, until the
 * time is over. `--replay FILE` judges one input. Exit 1 if anything was found.
 */
import { join, relative, resolve } from "node:path";
import { reasonOf } from "../../src/domain/errors.ts";
import { Misuse, script, whole } from "../world/script.ts";
import { type CorpusFile, readCorpusFile } from "./corpus.ts";
import { run, type Tally, verdict } from "./run.ts";
import { brief, type Target } from "./target.ts";
import { TARGETS } from "./targets.ts";
import { watchdog } from "./watchdog.ts";

/** The longest that one target runs before it is the next one's turn. */
const TURN_MS = 10_000;

/** Memory does not grow with what strangers send. */
const MOST_RSS_MIB = 1_500;

const TARGET_NAMES = TARGETS.map(({ name }) => name).join(", ");

const USAGE = `npm run fuzz [-- options]
  --minutes N     for so long, also 0.5 (1)
  --seed S        repeats what is tried (random)
  --only TARGET   ${TARGET_NAMES}
  --replay FILE   judges one input, which stands in the folder of its target`;

const replayOf = (path: string): string => `npm run fuzz -- --replay ${relative(process.cwd(), path)}`;

/** What nobody caught was thrown by the target at work. */
const stray: string[] = [];
for (const event of ["uncaughtException", "unhandledRejection"] as const) {
  process.on(event, (error: unknown) => stray.push(`${event}: ${brief(error)}`));
}

async function replay(path: string): Promise<number> {
  const { target: name, input } = readInput(path);
  const target = TARGETS.find((one) => one.name === name);
  if (target === undefined) {
    throw new Misuse(`${path} is in the folder of no target; there are ${TARGET_NAMES}.`);
  }
  const subject = await target.open();
  const broken = await verdict(subject, input);
  await subject.close();
  for (const line of [broken, ...stray]) if (line !== null) console.log(`${name}: ${line}`);
  if (broken === null && stray.length === 0) console.log(`${name}: holds (${target.promise})`);
  return broken === null && stray.length === 0 ? 0 : 1;
}

function readInput(path: string): CorpusFile {
  try {
    return readCorpusFile(resolve(path));
  } catch (error) {
    throw new Misuse(`${path} can't be read: ${reasonOf(error)}.`);
  }
}

function targetsCalled(only: string | undefined): readonly Target[] {
  const targets = TARGETS.filter(({ name }) => only === undefined || name === only);
  if (targets.length === 0) throw new Misuse(`There is no target "${only}"; there are ${TARGET_NAMES}.`);
  return targets;
}

function minutesOf(text: string): number {
  if (/^\d{1,6}(\.\d+)?$/.test(text) && Number(text) > 0) return Number(text);
  throw new Misuse(`--minutes takes a number above 0, not "${text}".`);
}

async function fuzz(
  targets: readonly Target[],
  { seed, minutes }: { seed: number; minutes: number },
): Promise<number> {
  const dog = watchdog();
  const end = performance.now() + minutes * 60_000;
  const total = new Map<string, Tally>(targets.map(({ name }) => [name, { inputs: 0, ms: 0, found: [] }]));
  const inTurn = async (target: Target, round: number, forMs: number) => {
    const { name } = target;
    const watch = (input: Uint8Array) =>
      dog.watch({ name, path: join(import.meta.dirname, "corpus", name, `hangs-${seed}`), input });
    const tally = await run(target, { seed: seed + round, forMs, watch });
    dog.watch(null);
    const rss = Math.round(process.memoryUsage.rss() / 1_048_576);
    const sum = total.get(name) ?? tally;
    total.set(name, {
      inputs: sum.inputs + tally.inputs,
      ms: sum.ms + tally.ms,
      found: [...sum.found, ...tally.found],
    });
    console.log(`${name.padEnd(15)} ${rate(tally).padStart(8)} inputs/s   ${rss} MiB`);
    for (const { broken, path: file } of tally.found) console.log(`  FOUND ${broken}\n  ${replayOf(file)}`);
    for (const one of stray) console.log(`  FOUND ${name} (seed ${seed + round}): ${one}`);
    if (rss > MOST_RSS_MIB) stray.push(`${rss} MiB of memory`);
  };
  for (let round = 0; performance.now() < end; round++) {
    const turnMs = Math.min(TURN_MS, (minutes * 60_000) / targets.length);
    for (const target of targets) {
      if (performance.now() < end) await inTurn(target, round, Math.min(turnMs, end - performance.now()));
      if (stray.length > 0) break;
    }
    if (stray.length > 0) break;
  }
  await dog.close();
  const all = [...total.values()];
  console.log(`\ntarget          inputs/s   inputs   (seed ${seed})`);
  for (const [name, tally] of total)
    console.log(`${name.padEnd(15)} ${rate(tally).padStart(8)} ${String(tally.inputs).padStart(8)}`);
  const inputs = all.reduce((sum, tally) => sum + tally.inputs, 0);
  const found = all.flatMap((tally) => tally.found).length + stray.length;
  console.log(`${inputs} inputs, ${found} found${inputs === 0 ? ": nothing was tried" : ""}`);
  return inputs > 0 && found === 0 ? 0 : 1;
}

const rate = ({ inputs, ms }: Tally): string => (ms === 0 ? "-" : ((inputs / ms) * 1000).toFixed(0));

process.exit(
  await script({
    usage: USAGE,
    options: {
      minutes: { type: "string", default: "1" },
      seed: { type: "string", default: String(Date.now() % 1_000_000) },
      only: { type: "string" },
      replay: { type: "string" },
    },
    async run({ minutes, seed, only, replay: path }) {
      if (path !== undefined) return replay(path);
      return fuzz(targetsCalled(only), { seed: whole("seed", seed, 0), minutes: minutesOf(minutes) });
    },
  }),
);

/** Runs a target for a while, keeps what breaks its promise, and makes that smaller first. */
import { cpuMs } from "../world/cpu-time.ts";
import { chanceOf } from "./chance.ts";
import { keep } from "./corpus.ts";
import { brief, type Subject, type Target } from "./target.ts";

/** Beyond it an input counts as one that hangs, by what it costs: on a busy machine the clock tells more of others. */
const LONGEST_CPU_MS = 5_000;

/** One that waits costs nothing, and has no verdict all the same. The longest that is known takes 3 s of a quiet machine. */
const LONGEST_MS = 50_000;

const SHRINK_TRIES = 150;

/** One promise that is broken a hundred times is one finding. */
const MOST_FOUND = 3;

export interface Tally {
  inputs: number;
  ms: number;
  found: { broken: string; path: string }[];
}

export interface RunOptions {
  seed: number;
  /** For so long. */
  forMs: number;
  /** Told of each input before it is judged. */
  watch?: (input: Uint8Array) => void;
}

export async function run(target: Target, { seed, forMs, watch }: RunOptions): Promise<Tally> {
  const tally: Tally = { inputs: 0, ms: 0, found: [] };
  const subject = await target.open();
  const begin = performance.now();
  try {
    while (performance.now() - begin < forMs && tally.found.length < MOST_FOUND) {
      const input = subject.generate(chanceOf(target.name, seed, tally.inputs));
      watch?.(input);
      tally.inputs += 1;
      const broken = await verdict(subject, input);
      if (broken === null || tally.found.some((one) => alike(one.broken, broken))) continue;
      const smaller = await shrunk(subject, input, broken);
      tally.found.push({ broken, path: keep(target.name, broken, smaller) });
    }
  } finally {
    tally.ms = performance.now() - begin;
    await subject.close();
  }
  return tally;
}

/** What the input breaks; null: nothing. */
export async function verdict(subject: Subject, input: Uint8Array): Promise<string | null> {
  const begin = cpuMs();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no verdict after ${LONGEST_MS} ms`)), LONGEST_MS);
  });
  try {
    await Promise.race([subject.judge(input), late]);
    const cost = cpuMs() - begin;
    return cost > LONGEST_CPU_MS ? `the input of ${input.length} bytes cost ${Math.round(cost)} ms` : null;
  } catch (error) {
    return error instanceof Error && error.name === "BrokenPromise" ? error.message : brief(error);
  } finally {
    clearTimeout(timer);
  }
}

/** Without the pieces that it does without. */
async function shrunk(subject: Subject, input: Uint8Array, broken: string): Promise<Uint8Array> {
  let best = Buffer.from(input);
  let tries = SHRINK_TRIES;
  for (let size = Math.ceil(best.length / 2); size >= 1 && tries > 0; size = Math.floor(size / 2)) {
    for (let at = 0; at < best.length && tries > 0; tries--) {
      const smaller = Buffer.concat([best.subarray(0, at), best.subarray(at + size)]);
      const still = await verdict(subject, smaller);
      if (still !== null && alike(still, broken)) best = smaller;
      else at += size;
    }
  }
  return best;
}

/** The same words, whatever they are about. */
const alike = (a: string, b: string): boolean => kindOf(a) === kindOf(b);
const kindOf = (text: string): string => text.replace(/[^A-Za-z ]+/g, "").slice(0, 40);

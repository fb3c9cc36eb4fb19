/** Many seeds, and the sum of what happened in them. */
import type { Ran } from "../run.ts";
import { type Seeds, spread } from "./spread.ts";

export interface Sum {
  seeds: number;
  steps: number;
  simulatedMs: number;
  counts: Record<string, number>;
  broken: Ran[];
}

interface Options {
  processes?: number;
  mostBroken?: number;
  /** Told of each seed as it is done. */
  onRan?: (ran: Ran, sum: Sum) => void;
  /** Ends it early, with the sum of what was done. */
  signal?: AbortSignal;
}

/** Goes on after a broken one, up to `mostBroken`. */
export async function simulate(seeds: Seeds, options: Options = {}): Promise<Sum> {
  const sum: Sum = { seeds: 0, steps: 0, simulatedMs: 0, counts: {}, broken: [] };
  const { mostBroken = 5, onRan = () => {}, ...rest } = options;
  await spread(
    seeds,
    (ran) => {
      sum.seeds += 1;
      sum.steps += ran.steps;
      sum.simulatedMs += ran.simulatedMs;
      for (const [what, times] of Object.entries(ran.counts))
        sum.counts[what] = (sum.counts[what] ?? 0) + times;
      if (ran.broken !== null) sum.broken.push(ran);
      onRan(ran, sum);
      return sum.broken.length >= mostBroken;
    },
    rest,
  );
  return sum;
}

export function lastLine({ seeds, steps, simulatedMs, broken }: Sum): string {
  const hours = Math.round(simulatedMs / 3_600_000);
  return `${seeds} seeds, ${steps} steps, simulated ${hours} hours, ${broken.length} broken`;
}

/** The promise, the command that shows it again, and how it came to that. */
export function tellBroken({ seed, broken, timeline }: Ran, lines: number): string {
  return [
    `Seed ${seed} broke promise ${broken?.promise}: ${broken?.message}`,
    ...timeline.slice(-lines),
    `Again, with all of it: npm run simulate -- --from ${seed} --seeds 1 --timeline`,
    "",
  ].join("\n");
}

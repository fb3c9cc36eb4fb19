/** Runs seeds on a mutant until the promise that it should break is seen broken. */
import type { Ran } from "../run.ts";
import { spread } from "../runner/spread.ts";
import type { Mutant } from "./mutant.ts";
import { mutated } from "./mutant.ts";

const MOST_SEEDS = 600;

export interface Caught {
  seed: number;
  message: string;
}

/** Null: it was not caught by its promise's invariant. */
export async function hunt(mutant: Mutant, options: { processes?: number } = {}): Promise<Caught | null> {
  mutated(mutant);
  let caught: Caught | null = null;
  const look = ({ seed, broken }: Ran): boolean => {
    if (broken?.promise === mutant.breaks) caught = { seed, message: broken.message };
    return caught !== null;
  };
  await spread({ from: 1, count: MOST_SEEDS }, look, { ...options, mutant: mutant.name });
  return caught;
}

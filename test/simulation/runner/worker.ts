/** A child of `spread.ts`: runs its share of the seeds, and tells its parent of each. */
import { runSeed } from "../run.ts";
import type { Share } from "./spread.ts";

const { from, count, step } = JSON.parse(process.argv[2] ?? "") as Share; // Made by spread.ts.
// Broken on purpose, the world may fall over in more ways than the one that is looked for.
if (process.env.SIGNALBOX_MUTANT !== undefined) process.on("unhandledRejection", () => {});

const send = (message: unknown) => new Promise<void>((resolve) => process.send?.(message, () => resolve()));

for (let seed = from; seed < from + count; seed += step) {
  const ran = await runSeed(seed).catch((error: unknown) => {
    throw new Error(`seed ${seed}`, { cause: error });
  });
  await send(ran);
}
process.disconnect();

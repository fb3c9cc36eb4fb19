/**
 * `npm run torture -- --kills N [--seed S] [--keep]`: the real processes are killed and hurt N times while webhooks are under way.
 * The seed repeats what is done, not the instants. The last line says what became of the events; exit code 0 only if
 * none was lost, doubled or out of order, and nothing else was wrong.
 */
import { parseArgs } from "node:util";
import { Torture } from "./torture.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "200" },
    seed: { type: "string" },
    keep: { type: "boolean", default: false },
  },
});
const kills = Number(values.kills);
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
if (!Number.isInteger(kills) || kills < 1 || !Number.isInteger(seed)) {
  process.stderr.write(
    "npm run torture -- --kills N [--seed S]: both are whole numbers, and N is 1 or more.\n",
  );
  process.exit(1);
}
const print = (line: string) => process.stdout.write(`${line}\n`);
print(`Torture of the real processes: ${kills} kills, seed ${seed} (repeat it with --seed ${seed}).`);
const torture = new Torture({ kills, seed, keep: values.keep, print });
try {
  process.exitCode = (await torture.run()) ? 0 : 1;
} finally {
  await torture.close();
}

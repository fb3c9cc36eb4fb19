/**
 * `npm run torture -- --kills N [--seed S] [--keep]`: the real processes are killed and hurt N times while webhooks are under way.
 * The seed repeats what is done, not the instants. The last line says what became of the events; exit code 0 only if
 * none was lost, doubled or out of order, and nothing else was wrong.
 */
import { script, whole } from "../world/script.ts";
import { Torture } from "./torture.ts";

const USAGE = `npm run torture [-- options]
  --kills N   so many blows (200)
  --seed S    repeats what is done, not the instants (random)
  --keep      keeps timeline, transcripts and store also where nothing was wrong`;

process.exitCode = await script({
  usage: USAGE,
  options: {
    kills: { type: "string", default: "200" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 1_000_000)) },
    keep: { type: "boolean", default: false },
  },
  async run(values) {
    const [kills, seed] = [whole("kills", values.kills, 1), whole("seed", values.seed, 0)];
    const print = (line: string) => process.stdout.write(`${line}\n`);
    print(`Torture of the real processes: ${kills} kills, seed ${seed} (repeat it with --seed ${seed}).`);
    const torture = new Torture({ kills, seed, keep: values.keep, print });
    try {
      return (await torture.run()) ? 0 : 1;
    } finally {
      await torture.close();
    }
  },
});

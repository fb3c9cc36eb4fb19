/** Inputs that are a row of acts: JSON arrays, cut, shuffled, and changed inside. */
import type { Chance } from "../chance.ts";
import { mutateJson } from "../mutate.ts";

export function sequenceOf(
  samples: readonly (readonly unknown[])[],
  chance: Chance,
  values: readonly unknown[] = [],
): unknown[] {
  const acts = [...chance.of(samples)];
  const all = samples.flat();
  for (let more = chance.below(6); more > 0; more--)
    acts.splice(chance.below(acts.length + 1), 0, chance.of(all));
  // The first act is most often the greeting without which nothing else is heard.
  return acts.map((act, at) => (chance.oneIn(at === 0 ? 8 : 3) ? mutateJson(act, chance, values) : act));
}

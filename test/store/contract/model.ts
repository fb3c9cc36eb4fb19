import fc from "fast-check";
import type { Check } from "../contract.ts";
import { commands, newModel } from "../model-commands.ts";

/** Promises 2, 3, 4, 6: whatever is done in whatever order, the store and a plain list agree. */
export function againstModel(check: Check): void {
  check("any sequence of acts leaves what a plain list of events would hold", async (box) => {
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(fc.commands(commands, { maxCommands: 40 }), async (acts) => {
        // An account for each run, so that all can share one store.
        runs += 1;
        await fc.asyncModelRun(() => ({ model: newModel(`acc_${runs}`), real: box }), acts);
      }),
      { numRuns: 60 },
    );
  });
}

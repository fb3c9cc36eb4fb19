/** Imported before a worker: the module of the mutant that SIGNALBOX_MUTANT names is loaded with its mutation. */
import { registerHooks } from "node:module";
import { MUTANTS } from "./index.ts";
import { mutated, ROOT } from "./mutant.ts";

const mutant = MUTANTS.find(({ name }) => name === process.env.SIGNALBOX_MUTANT);
if (mutant === undefined) throw new Error(`no mutant "${process.env.SIGNALBOX_MUTANT}"`);
const source = mutated(mutant);
const target = new URL(mutant.file, ROOT).href;

registerHooks({
  load(url, context, next) {
    if (url !== target) return next(url, context);
    return { format: "module-typescript", source, shortCircuit: true };
  },
});

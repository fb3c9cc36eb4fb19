/** Every mutant, by the room that it breaks. */
import { CLAWBACK } from "./clawback.ts";
import { CRONS } from "./crons.ts";
import { DOMAIN } from "./domain.ts";
import { HOST } from "./host.ts";
import { LANES } from "./lanes.ts";
import { MESSAGES } from "./messages.ts";
import type { Mutant } from "./mutant.ts";
import { PLUGIN } from "./plugin.ts";
import { SERVED } from "./served.ts";
import { SERVICES } from "./services.ts";
import { TOKENS_BROKEN } from "./tokens.ts";

export const MUTANTS: readonly Mutant[] = [
  ...DOMAIN,
  ...HOST,
  ...LANES,
  ...SERVED,
  ...SERVICES,
  ...TOKENS_BROKEN,
  ...CRONS,
  ...PLUGIN,
  ...MESSAGES,
  ...CLAWBACK,
];

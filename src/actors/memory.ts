/** What the host knows from one tick to the next. Hints and turns: the store alone says what is. */
import type { Pressing } from "./pressing.ts";
import type { Rotations } from "./rotations.ts";

export interface Memory {
  readonly pressing: Pressing;
  readonly rotations: Rotations;
}

/** Troubles that wait for the moment at which they hurt most: laid by chance, and struck by what is seen to happen. */
import type { Happening } from "./happening.ts";
import type { World } from "./world.ts";

/** True: this was the moment. */
type Strikes = (happening: Happening) => boolean;

export class Ambush {
  readonly #world: World;
  readonly #laid = new Map<string, Strikes>();

  constructor(world: World) {
    this.#world = world;
  }

  /** False: it waits already. */
  lay(name: string, strikes: Strikes): boolean {
    if (this.#laid.has(name)) return false;
    this.#laid.set(name, strikes);
    return true;
  }

  sees(happening: Happening): void {
    if (this.#laid.size === 0 || this.#world.healed) return;
    for (const [name, strikes] of this.#laid) {
      if (!strikes(happening)) continue;
      this.#laid.delete(name);
      this.#world.tell("AMBUSH", name);
      this.#world.count(name);
    }
  }
}

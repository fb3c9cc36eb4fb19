/**
 * Lanes in which an interrupt waits that could stop nothing yet: what runs there has not come into its conversation, or its
 * session is away. Only a hint: it saves all other lanes a look at each receipt, and whoever comes back has his lane looked at
 * anyway. As many as have somebody who serves them, at most.
 */
import type { Lane } from "../domain/lane.ts";

export class Pressing {
  readonly #lanes = new Set<string>();

  has(account: string, lane: Lane): boolean {
    return this.#lanes.size > 0 && this.#lanes.has(`${account} ${lane}`);
  }

  set(account: string, lane: Lane, pressing: boolean): void {
    if (pressing) this.#lanes.add(`${account} ${lane}`);
    else if (this.#lanes.size > 0) this.#lanes.delete(`${account} ${lane}`);
  }
}

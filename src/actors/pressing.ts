/**
 * Lanes in which an interrupt waits that could stop nothing yet: what runs there has not come into its conversation, or its
 * session is away. Only a hint: it saves all other lanes a look at each receipt, and whoever comes back has his lane looked at
 * anyway. As many as have somebody who serves them, and those that were left since the last one was noted.
 */
import type { Lane } from "../domain/lane.ts";
import type { Roster } from "./matching.ts";

interface Place {
  account: string;
  lane: Lane;
}

export class Pressing {
  readonly #roster: Pick<Roster, "serves">;
  readonly #lanes = new Map<string, Place>();

  constructor(roster: Pick<Roster, "serves">) {
    this.#roster = roster;
  }

  get size(): number {
    return this.#lanes.size;
  }

  has(account: string, lane: Lane): boolean {
    return this.#lanes.size > 0 && this.#lanes.has(`${account} ${lane}`);
  }

  /** Only where somebody serves the lane. */
  set(account: string, lane: Lane, pressing: boolean): void {
    if (!pressing) {
      if (this.#lanes.size > 0) this.#lanes.delete(`${account} ${lane}`);
      return;
    }
    this.#lanes.set(`${account} ${lane}`, { account, lane });
    // Also this one: nobody may serve it by now.
    for (const [key, place] of this.#lanes)
      if (!this.#roster.serves(place.account, place.lane)) this.#lanes.delete(key);
  }
}

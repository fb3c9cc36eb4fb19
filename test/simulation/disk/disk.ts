/** The disk under the server's store, as well as it is just now. */
import type { Write } from "../../../src/domain/ports/store.ts";
import type { Chance } from "../chance.ts";
import type { Life } from "../time/life.ts";
import { type Onlooker, Rows } from "./rows.ts";
import { type ReadMany, type SimulatedStore, simulatedStore } from "./store.ts";

export class Disk {
  readonly rows: Rows;
  readonly #chance: Chance;
  /** Writes of one batch land one by one, in any order. */
  readonly #loose: boolean;
  /** Reads take time: what they tell may be old by then. */
  readonly slowReads: boolean;
  #failing: "nothing" | "some" | "all" = "nothing";
  slow = false;
  failed = 0;

  constructor(chance: Chance, onlooker: Onlooker) {
    this.#chance = chance;
    this.rows = new Rows(onlooker);
    this.#loose = chance.one(0.3);
    this.slowReads = chance.one(0.25);
  }

  get failing(): "nothing" | "some" | "all" {
    return this.#failing;
  }

  set failing(failing: "nothing" | "some" | "all") {
    this.#failing = failing;
  }

  get well(): boolean {
    return this.#failing === "nothing" && !this.slow;
  }

  /** As one process has it open. */
  openFor(life: Life, told: { asked(writes: readonly Write[]): void; readMany: ReadMany }): SimulatedStore {
    const chance = this.#chance;
    const commitMs = () => chance.around(this.slow ? 200 : 1.5);
    return simulatedStore(
      this.rows,
      {
        reading: () => (this.slowReads ? life.pause(chance.around(0.5)) : Promise.resolve()),
        committing: () => life.pause(commitMs()),
        answering: () => (chance.one(0.2) ? life.pause(commitMs() / 4) : Promise.resolve()),
        fails: (act) => this.#fails(act),
        loose: () => this.#loose,
        shuffled: (all) => chance.shuffled(all),
        leftOf: (writes) => this.#leftOf(writes),
      },
      told,
    );
  }

  /** What was only in the page cache is gone. */
  powerCut(): void {
    if (this.#chance.one(0.5)) this.rows.aliveAt = this.rows.aliveOnDisk;
  }

  #fails(act: "read" | "commit"): boolean {
    const likely = { nothing: 0, some: act === "read" ? 0.05 : 0.3, all: act === "read" ? 0.5 : 1 }[
      this.#failing
    ];
    const fails = likely > 0 && this.#chance.one(likely);
    if (fails) this.failed += 1;
    return fails;
  }

  #leftOf<T>(writes: readonly T[]): T[] {
    const fate = this.#chance.weighted({ none: 2, all: 2, some: 2 });
    if (fate === "none") return [];
    if (fate === "all" && !this.#loose) return [...writes];
    return this.#chance.shuffled(writes).filter(() => this.#chance.one(0.6));
  }
}

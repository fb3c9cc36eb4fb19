/** What a server that chooses who leaves a lane has seen waiting there: where reads take time, it has not seen what came later. */
import { eventState } from "../../src/domain/event.ts";
import { CLAIMABLE, type EventRow } from "./disk/event-rows.ts";
import type { Happening } from "./happening.ts";
import type { World } from "./world.ts";

export class SeenWaiting {
  readonly #world: World;
  /** Counts what is written and read: which came first. */
  #count = 0;
  readonly #waitsSince = new Map<string, number>();
  /** When the heads of a lane were read first since the last commit. */
  readonly #lookedAt = new Map<string, number>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Told of a commit when that has been judged. */
  sees(happening: Happening): void {
    switch (happening.kind) {
      case "asked":
        // An append comes from no tick.
        if (happening.writes.some(({ kind }) => kind !== "append")) this.#lookedAt.clear();
        return;
      case "read":
        this.#count += 1;
        if (happening.what.startsWith("heads ")) {
          const lane = happening.what.slice("heads ".length);
          if (!this.#lookedAt.has(lane)) this.#lookedAt.set(lane, this.#count);
        }
        return;
      case "event": {
        this.#count += 1;
        const { before, after } = happening;
        const waited = before !== null && CLAIMABLE.includes(eventState(before));
        if (CLAIMABLE.includes(eventState(after)) && !waited)
          this.#waitsSince.set(after.facts.id, this.#count);
        return;
      }
      default:
        return;
    }
  }

  in(account: string, lane: string): EventRow[] {
    const { disk } = this.#world;
    const looked = disk.slowReads ? (this.#lookedAt.get(`${account} ${lane}`) ?? 0) : this.#count;
    return disk.rows.events
      .claimable(account, lane)
      .filter(({ seen }) => (this.#waitsSince.get(seen.facts.id) ?? 0) <= looked);
  }
}

/**
 * How new events reach the store. Most go there at once: nobody else knows them yet. Where a session is free, an event goes
 * through a tick, which may hand it over in the very commit that stores it. One way at a time in a lane, so that its events are
 * stored in the order in which they came (promise 3). A host that waits for its store would only have the senders wait as
 * well: while it does, all go straight, first of all those that wait already.
 */
import type { Lane } from "../domain/lane.ts";
import type { Roster } from "./matching.ts";

type Way = "straight" | "tick";

export class Arrivals {
  readonly #roster: Roster;
  readonly #underWay = new Map<string, { way: Way; count: number }>();

  constructor(roster: Roster) {
    this.#roster = roster;
  }

  /** Runs `act` with the way that the event is to take. `waits`: the host, for its store. */
  async take<T>(account: string, lane: Lane, waits: boolean, act: (way: Way) => Promise<T>): Promise<T> {
    const key = `${account} ${lane}`;
    const others = this.#underWay.get(key);
    const way = others?.way ?? (this.#roster.ready(account, lane).length > 0 ? "tick" : "straight");
    const underWay = others ?? { way, count: 0 };
    if (waits) underWay.way = "straight";
    underWay.count += 1;
    this.#underWay.set(key, underWay);
    try {
      return await act(underWay.way);
    } finally {
      underWay.count -= 1;
      if (underWay.count === 0) this.#underWay.delete(key);
    }
  }
}

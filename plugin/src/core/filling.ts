/**
 * Whether the answer to an ack may already carry the next event: at most 5 in one turn of Claude, none once somebody
 * else has had a word in it. Without hooks turns can't be told apart, and the client's own `event_take` counts as one.
 */
import { EVENTS_A_TURN, type Turn } from "./turn.ts";
import type { Ways } from "./ways.ts";

export class Filling {
  #turn: Turn;
  #ways: Ways;
  #sinceTake = 0;

  constructor(turn: Turn, ways: Ways) {
    this.#turn = turn;
    this.#ways = ways;
  }

  /** `event_take` gave an event. */
  took(): void {
    this.#sinceTake = 1;
  }

  /** The answer to an ack carried the next event. */
  drained(): void {
    this.#sinceTake += 1;
  }

  get takesMore(): boolean {
    // By the channel the next one comes as a notification, when the turn has ended.
    if (this.#ways.next === "channel") return false;
    if (this.#ways.hooks) return this.#turn.takesMore;
    return this.#sinceTake > 0 && this.#sinceTake < EVENTS_A_TURN;
  }
}

/**
 * The time of a simulated world: nothing happens but what was scheduled, in the order of its time. After each act all
 * that only waits for promises runs on, so one step is one happening with all its consequences of that instant.
 */
import type { Timer } from "../../../src/domain/ports/clock.ts";

interface Scheduled {
  at: number;
  order: number;
  act: (() => void) | null;
}

/** A span shorter than this is what rounding has left of one: a clock that goes on passes it. */
const SHORTEST_MS = 0.01;

/** Node runs all that promises wait for between two callbacks of one turn of its event loop; a turn itself costs more than an act. */
const ACTS_A_TURN = 64;

export class Time {
  #now = 0;
  #order = 0;
  /** A binary heap, earliest first. */
  readonly #heap: Scheduled[] = [];

  /** Simulated milliseconds since the world began. */
  get now(): number {
    return this.#now;
  }

  after(ms: number, act: () => void): Timer {
    const scheduled: Scheduled = {
      at: this.#now + (ms > 0 ? Math.max(ms, SHORTEST_MS) : 0),
      order: this.#order++,
      act,
    };
    this.#push(scheduled);
    return {
      cancel: () => {
        scheduled.act = null;
      },
    };
  }

  /**
   * Does what comes until then, act by act, as long as `goesOn` says so before each; `stepped` is told once all consequences of
   * one have come about. What either throws ends it.
   */
  pass(until: number, { goesOn, stepped }: { goesOn: () => boolean; stepped: () => void }): Promise<void> {
    return new Promise((resolve, reject) => {
      let over = false;
      let began = false;
      const act = () => {
        if (over) return;
        try {
          if (began) stepped();
          began = goesOn() && this.#actNext(until);
          if (began) return;
          over = true;
          resolve();
        } catch (error) {
          over = true;
          reject(error);
        }
      };
      const turn = () => {
        if (over) return;
        for (let n = 0; n < ACTS_A_TURN; n++) setImmediate(act);
        setImmediate(turn);
      };
      turn();
    });
  }

  /** Does the next act, unless it comes later than `until`. False: there is none. */
  #actNext(until: number): boolean {
    for (;;) {
      const next = this.#heap[0];
      if (next === undefined || next.at > until) {
        this.#now = Math.max(this.#now, until);
        return false;
      }
      this.#pop();
      if (next.act === null) continue;
      this.#now = next.at;
      next.act();
      return true;
    }
  }

  #push(scheduled: Scheduled): void {
    const heap = this.#heap;
    let at = heap.push(scheduled) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!this.#swapped(above, at)) return;
      at = above;
    }
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    heap[0] = last;
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const below = right < heap.length && before(heap[right], heap[left]) ? right : left;
      if (below >= heap.length || !this.#swapped(at, below)) return;
      at = below;
    }
  }

  /** Puts the two in order; false: they were. */
  #swapped(above: number, below: number): boolean {
    const [upper, lower] = [this.#heap[above], this.#heap[below]];
    if (upper === undefined || lower === undefined || !before(lower, upper)) return false;
    this.#heap[above] = lower;
    this.#heap[below] = upper;
    return true;
  }
}

function before(a: Scheduled | undefined, b: Scheduled | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

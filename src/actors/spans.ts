/**
 * Keeps spans honest: reminder, timeout and grace do not run while the server is down, while its process stands still, nor
 * with a jump of the wall clock (promise 7). Asked before each tick, because a tick after a jump sets its deadlines by
 * the new time: what has a deadline of the old time must have moved before. Invariants:
 *
 *   P1  A jump moves every span once, however often the store fails meanwhile.
 *   P2  No tick runs between a jump and the moving of what it moves.
 */
import type { Clock } from "../domain/ports/clock.ts";
import type { Store, Write } from "../domain/ports/store.ts";
import type { ActorRecord } from "./address.ts";
import { shiftSpans } from "./step.ts";
import { writeOf } from "./unit-of-work.ts";

/** A smaller difference between wall clock and monotonic clock is drift, not a jump. */
const JUMP_MS = 1_000;

/** Who has not looked for so long stood still: a server looks every few seconds, also when it has nothing to do. */
const STOOD_MS = 10_000;

interface SpansParts {
  store: Store;
  clock: Clock;
  log(level: "warn", message: string, fields: Record<string, unknown>): void;
}

export class Spans {
  readonly #parts: SpansParts;
  #offset: number;
  #lookedAt: number;
  /** By how much time has jumped without anything having moved. */
  #owedMs = 0;
  /** Null: nothing is being moved. */
  #writes: readonly Write[] | null = null;

  constructor(parts: SpansParts) {
    this.#parts = parts;
    this.#lookedAt = parts.clock.monotonic();
    this.#offset = parts.clock.now() - this.#lookedAt;
  }

  /** Resolves at once where time has not jumped; rejects while the store fails, and goes on with the next call. */
  async keep(): Promise<void> {
    const { store, clock } = this.#parts;
    for (this.#look(); this.#owedMs !== 0 || this.#writes !== null; this.#look()) {
      if (this.#writes === null) {
        const byMs = this.#owedMs;
        this.#writes = await spansMoved(store, byMs);
        this.#owedMs -= byMs;
      }
      // P1: after a failure the same writes once more. What was stored in spite of it is refused by its `rev` now. By the
      // new time the server is alive: one that is started right after would take the jump for time that it was down. The
      // note alone need not last, so it stands before the commit that makes it last.
      const alive = store.noteAlive(clock.now());
      await Promise.all([alive, this.#writes.length > 0 ? store.commit(this.#writes) : null]);
      this.#writes = null;
    }
  }

  #look(): void {
    const { clock, log } = this.#parts;
    const monotonic = clock.monotonic();
    const offset = clock.now() - monotonic;
    // A process that stood still (stopped, starved) was as good as down: nobody could reach it.
    const stood = Math.max(0, monotonic - this.#lookedAt - STOOD_MS);
    const jump = offset - this.#offset + stood;
    this.#offset = offset;
    this.#lookedAt = monotonic;
    if (Math.abs(jump) < JUMP_MS) return;
    this.#owedMs += jump;
    log("warn", "time jumped; the deadlines of what is in hand move with it", { byMs: Math.round(jump) });
  }
}

/** The writes that move the deadlines of everything that is in hand or away. */
export async function spansMoved(store: Store, byMs: number): Promise<Write[]> {
  const records: ActorRecord[] = [...(await store.claims()), ...(await store.sessions(null))];
  return records
    .filter(({ actor }) => actor.timers.length > 0)
    .map((record) => writeOf(shiftSpans(record, byMs)));
}

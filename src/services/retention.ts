/**
 * What has ended is kept for a while and then removed, in steps so small that nobody waits for one, with rests between them. By
 * the wall clock. Invariants:
 *
 *   R1  Only what has ended is removed: the store refuses the rest, and any record that has changed since it was read.
 *   R2  A known delivery stays known (promise 6): where events are kept for a shorter time, the event is emptied and its row
 *       stays until then. So does the row of a copy as long as that of its event.
 *   R3  Nothing is remembered that a restart would lose: a pass begins with what ended longest ago, and so does the next.
 */
import { step } from "../actors/step.ts";
import { ENDED, type EventRecord, type EventState, endedAt } from "../domain/event.ts";
import type { Clock } from "../domain/ports/clock.ts";
import type { EndedFilter, Store, Write } from "../domain/ports/store.ts";
import type { Log } from "./log.ts";

/** Records of a step: a few milliseconds of the server's time. */
const MOST_RECORDS = 100;

/** Payload bytes of a step: to free one of a megabyte costs as much as a hundred small ones. */
const MOST_BYTES = 4 * 1_048_576;

/** After a step so many times as long as it took: the sweep takes a sixth of what one that never rests would. */
const REST = 5;
const SHORTEST_REST_MS = 20;

/** Between two passes. */
const PASS_MS = 3_600_000;

/** How long what has ended is kept. */
export interface Keeping {
  retentionMs: number;
  /** A delivery id at least, from when it came in. */
  dedupMs: number;
}

export interface Swept {
  removed: number;
  /** Emptied; their rows stay. */
  emptied: number;
  /** The pass is not over. */
  more: boolean;
}

/** One after the other: what has ended in one state of one account. */
interface Stretch {
  account: string;
  state: EventState;
  behind: EndedFilter["behind"];
}

interface RetentionParts {
  store: Store;
  clock: Clock;
  log: Log;
  keeping: Keeping;
  passMs?: number;
}

export class Retention {
  readonly #parts: RetentionParts;
  /** Of the pass that is under way; null: none is. */
  #stretches: Stretch[] | null = null;
  #passed = { removed: 0, emptied: 0 };
  #restsUntil = 0;

  constructor(parts: RetentionParts) {
    this.#parts = parts;
  }

  /** What is due of it, as a duty of the schedule: one step, and when to take the next, Unix ms. */
  async sweepDue(): Promise<number> {
    const { clock, log, passMs = PASS_MS } = this.#parts;
    const startedAt = clock.monotonic();
    if (startedAt < this.#restsUntil) return clock.now() + this.#restsUntil - startedAt;
    const { removed, emptied, more } = await this.sweep();
    const tookMs = clock.monotonic() - startedAt;
    const restMs = more ? Math.max(SHORTEST_REST_MS, REST * tookMs) : passMs;
    this.#restsUntil = clock.monotonic() + restMs;
    this.#passed = { removed: this.#passed.removed + removed, emptied: this.#passed.emptied + emptied };
    if (!more) {
      if (this.#passed.removed + this.#passed.emptied > 0)
        log.info(this.#passed, "removed what was kept long enough");
      this.#passed = { removed: 0, emptied: 0 };
    }
    return clock.now() + restMs;
  }

  /** One step of a pass. Rejects where the store fails; the next call goes on. */
  async sweep(): Promise<Swept> {
    const now = this.#parts.clock.now();
    this.#stretches ??= await this.#allStretches();
    for (let stretch = this.#stretches[0]; stretch !== undefined; stretch = this.#stretches[0]) {
      const swept = await this.#sweepEvents(stretch, now);
      if (swept !== null) return swept;
      this.#stretches.shift();
    }
    const sessions = await this.#sweepSessions(now);
    if (!sessions.more) this.#stretches = null;
    return sessions;
  }

  async #allStretches(): Promise<Stretch[]> {
    const accounts = await this.#parts.store.accounts();
    return accounts.flatMap(({ id }) =>
      ENDED.map((state): Stretch => ({ account: id, state, behind: undefined })),
    );
  }

  /** Null: nothing is left in it. */
  async #sweepEvents(stretch: Stretch, now: number): Promise<Swept | null> {
    const { store, keeping } = this.#parts;
    const { account, state, behind } = stretch;
    const found = await store.ended(account, {
      states: [state],
      until: now - keeping.retentionMs,
      order: "oldest",
      ...(behind !== undefined && { behind }),
      limit: MOST_RECORDS,
    });
    const taken = upTo(MOST_BYTES, found);
    const last = taken.at(-1);
    if (last === undefined) return null;
    const writes = (await Promise.all(taken.map((record) => this.#writeFor(record, now)))).flat();
    const swept = await this.#commit(writes);
    // Only now: what a failing store has left is looked at again.
    stretch.behind = { endedAt: endedAt(last) ?? 0, seq: last.seq };
    return { ...swept, more: true };
  }

  async #sweepSessions(now: number): Promise<Swept> {
    const { store, keeping } = this.#parts;
    const gone = await store.gone(now - keeping.retentionMs, MOST_RECORDS);
    const swept = await this.#commit(gone.map((record): Write => ({ kind: "remove", record })));
    return { ...swept, more: gone.length === MOST_RECORDS && swept.removed > 0 };
  }

  /** None where it was emptied before, and its delivery must stay known. */
  async #writeFor(record: EventRecord, now: number): Promise<Write[]> {
    if (!(await this.#isNeeded(record, now))) return [{ kind: "remove", record }];
    const emptied = step(record, { type: "empty", at: now });
    return emptied.changed && emptied.record.kind === "event"
      ? [{ kind: "empty", record: emptied.record }]
      : [];
  }

  /** Its row: a known delivery must stay known; and a copy as long as its event, or whoever sends that again would have it made anew. */
  async #isNeeded({ facts, actor }: EventRecord, now: number): Promise<boolean> {
    const { deliveryId, receivedAt, details } = facts;
    if (details?.copyOf !== undefined) return (await this.#parts.store.event(details.copyOf)) !== null;
    const reserves = deliveryId !== null && actor.context.birth !== "dropped";
    return reserves && receivedAt > now - this.#parts.keeping.dedupMs;
  }

  async #commit(writes: readonly Write[]): Promise<Omit<Swept, "more">> {
    const results = writes.length === 0 ? [] : await this.#parts.store.commit(writes);
    const stored = writes.filter((_, i) => results[i]?.kind === "stored");
    const removed = stored.filter(({ kind }) => kind === "remove").length;
    return { removed, emptied: stored.length - removed };
  }
}

/** The first of them, at least one, whose payloads have so many bytes in all. */
function upTo(bytes: number, records: readonly EventRecord[]): EventRecord[] {
  let sum = 0;
  const end = records.findIndex(({ facts }, i) => {
    sum += facts.bytes;
    return i > 0 && sum > bytes;
  });
  return records.slice(0, end === -1 ? records.length : end);
}

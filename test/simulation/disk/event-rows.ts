/**
 * The events on a simulated disk by their ids, with what is asked for most often: who waits in a lane, what a session has in hand, what is in
 * a state.
 */
import type { EventContent, EventRecord, EventState } from "../../../src/domain/event.ts";
import type { eventKeys } from "../../../src/store/keys.ts";

/** In the contract's words, not in the code's own: where that is wrong, what looks on must not be wrong with it. */
export const CLAIMABLE: readonly EventState[] = ["queued", "interrupted", "returned"];

export interface EventRow {
  content: EventContent | null;
  keys: ReturnType<typeof eventKeys>;
  seen: EventRecord;
}

type Lists = Map<string, Map<string, EventRow>>;

export class EventRows extends Map<string, EventRow> {
  readonly #waiting: Lists = new Map();
  readonly #held: Lists = new Map();
  readonly #byState: Lists = new Map();

  override set(id: string, row: EventRow): this {
    this.#unlist(id);
    const { account, lane } = row.seen.facts;
    const { state, claimedBy } = row.keys;
    if (CLAIMABLE.includes(state)) list(this.#waiting, `${account} ${lane}`, row);
    if (claimedBy !== null) list(this.#held, `${account} ${claimedBy}`, row);
    list(this.#byState, `${account} ${state}`, row);
    return super.set(id, row);
  }

  override delete(id: string): boolean {
    this.#unlist(id);
    return super.delete(id);
  }

  /** Those that wait in the lane. */
  claimable(account: string, lane: string): EventRow[] {
    return [...(this.#waiting.get(`${account} ${lane}`)?.values() ?? [])];
  }

  /** Those of the account in one of the states. */
  inState(account: string, states: readonly EventState[]): EventRow[] {
    return states.flatMap((state) => [...(this.#byState.get(`${account} ${state}`)?.values() ?? [])]);
  }

  /** What the session has in hand. */
  heldBy(account: string, session: string): EventRow | undefined {
    return this.#held.get(`${account} ${session}`)?.values().next().value;
  }

  /** All that is in the hands of somebody. */
  get held(): EventRow[] {
    return [...this.#held.values()].flatMap((rows) => [...rows.values()]);
  }

  /** Nothing waits in any lane. */
  get idle(): boolean {
    return this.#waiting.size === 0;
  }

  #unlist(id: string): void {
    const row = this.get(id);
    if (row === undefined) return;
    const { account, lane } = row.seen.facts;
    unlist(this.#waiting, `${account} ${lane}`, id);
    unlist(this.#held, `${account} ${row.keys.claimedBy}`, id);
    unlist(this.#byState, `${account} ${row.keys.state}`, id);
  }
}

function list(lists: Lists, key: string, row: EventRow): void {
  const rows = lists.get(key) ?? new Map<string, EventRow>();
  lists.set(key, rows.set(row.seen.facts.id, row));
}

function unlist(lists: Lists, key: string, id: string): void {
  const rows = lists.get(key);
  if (rows?.delete(id) === true && rows.size === 0) lists.delete(key);
}

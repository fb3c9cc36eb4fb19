/**
 * Whose turn it was last, in lanes whose policy is round robin. Only a memory: a server that begins gives people the first turn, and
 * then goes round. Each lane has one that all of its sessions share; of what is kept for a session, that session has its own.
 */
import type { Queue } from "../domain/ports/store.ts";
import { advanced, BEGINNING, type Rotation } from "../domain/turns.ts";

/** Beyond it the longest unused are forgotten (promise 8). */
const MOST = 10_000;

export interface Claimed {
  queue: Queue;
  turn: string;
  session: string;
}

export class Rotations {
  readonly #known = new Map<string, Rotation>();
  readonly #before: Rotations | null;

  /** Over `before`, which is left as it is. */
  constructor(before: Rotations | null = null) {
    this.#before = before;
  }

  /** Of what is for anybody. */
  shared(queue: Queue): Rotation {
    return this.#get(keyOf(queue));
  }

  /** Of the session's own way round; when people had their last turn is known to all. */
  own(queue: Queue, session: string): Rotation {
    return { ...this.shared(queue), last: this.#get(`${keyOf(queue)} ${session}`).last };
  }

  claimed({ queue, turn, session }: Claimed): void {
    const shared = this.shared(queue);
    const next = advanced(shared, turn);
    this.#set(keyOf(queue), queue.keptFor === null ? next : { ...shared, person: next.person });
    this.#set(`${keyOf(queue)} ${session}`, advanced(this.own(queue, session), turn));
  }

  #get(key: string): Rotation {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    return this.#before === null ? BEGINNING : this.#before.#get(key);
  }

  #set(key: string, rotation: Rotation): void {
    this.#known.delete(key);
    this.#known.set(key, rotation);
    if (this.#known.size <= MOST) return;
    for (const oldest of this.#known.keys()) return void this.#known.delete(oldest);
  }
}

const keyOf = ({ account, lane, band }: Queue): string => `${account} ${lane} ${band}`;

/**
 * Which session a client is. Clawback's plugin names neither its session nor its process: a reconnect is known by its token, its tag, and
 * that the session of before is without its client (promise 5). Where several are, the one that has an event in hand comes first. A
 * client that is taken for its neighbour loses nothing: an ack settles its delivery, whichever session brings it.
 */
import type { Token } from "../domain/account.ts";
import { randomText } from "../domain/ids.ts";
import type { Lane } from "../domain/lane.ts";
import type { Random } from "../domain/ports/random.ts";
import type { Store } from "../domain/ports/store.ts";
import { type SessionRecord, sessionState } from "../domain/session.ts";
import type { DeliveryRef } from "../services/live-session.ts";
import type { SessionRoster } from "../services/roster.ts";
import { Turns } from "../services/turns.ts";

export const CLIENT = "clawback";

/** How long an old link of the same token and tag may take to show that it lives. */
const PING_MS = 2_000;

export interface Seat {
  session: string;
  instance: string;
  inHand: DeliveryRef | null;
  /** When that was delivered, Unix ms; 0: not known. */
  deliveredAt: number;
}

interface SeatsParts {
  store: Store;
  roster: SessionRoster;
  random: Random;
}

export class Seats {
  readonly #parts: SeatsParts;
  readonly #turns = new Turns();

  constructor(parts: SeatsParts) {
    this.#parts = parts;
  }

  /** Two that come at once are not given the same seat. */
  take<T>(token: Token, lane: Lane, sit: (seat: Seat) => Promise<T>): Promise<T> {
    return this.#turns.take(`${token.account} ${lane}`, async () => sit(await this.#find(token, lane)));
  }

  async #find(token: Token, lane: Lane): Promise<Seat> {
    const { store, random } = this.#parts;
    const own = (await store.sessions(token.account)).filter((record) => isOf(record, token, lane));
    const free = (await Promise.all(own.map((record) => this.#isFree(record)))).flatMap((is, i) =>
      is ? own.slice(i, i + 1) : [],
    );
    const seats = await Promise.all(free.map((record) => this.#seatOf(record)));
    return (
      seats.find(({ inHand }) => inHand !== null) ??
      seats.at(-1) ?? {
        session: `${CLIENT}-${randomText(random, 12)}`,
        instance: randomText(random, 16),
        inHand: null,
        deliveredAt: 0,
      }
    );
  }

  async #isFree({ account, id }: SessionRecord): Promise<boolean> {
    const { roster } = this.#parts;
    const live = roster.get(account, id);
    return live === null || !(await live.link.ping(PING_MS)) || !roster.has(live);
  }

  async #seatOf({ account, id, actor }: SessionRecord): Promise<Seat> {
    const held = await this.#parts.store.claimOf(account, id);
    const { instance } = actor.context;
    if (held === null) return { session: id, instance, inHand: null, deliveredAt: 0 };
    const { delivery, deliveredAt } = held.actor.context;
    return { session: id, instance, inHand: { eventId: held.facts.id, delivery }, deliveredAt };
  }
}

/** One that was deaf is tried anew as another. */
function isOf(record: SessionRecord, { id, replaces }: Token, lane: Lane): boolean {
  const { client, token, deafSince, ...context } = record.actor.context;
  return (
    client === CLIENT &&
    context.lane === lane &&
    token !== undefined &&
    (token === id || token === replaces) &&
    deafSince === null &&
    sessionState(record) !== "gone"
  );
}

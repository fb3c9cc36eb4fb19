/**
 * Whose turn it is in a lane whose policy is round robin: each source of a band is given one event, then the next one in the
 * order of their names, and round again. Each cron is a source, and so is each lane that messages come from. What people say is a
 * source of its own, which waits for one event of others at most. Inside a source first come is first served.
 */
import type { EventFacts } from "./event.ts";
import type { Band } from "./order.ts";

export const POLICIES = ["fifo", "round-robin"] as const;
export type Policy = (typeof POLICIES)[number];

/** In other bands nobody waits for his turn: what interrupts, and what comes back, is first come, first served. */
export const hasTurns = (band: Band): boolean => band === "priority" || band === "normal";

/** Behind all others, in the order of names. */
export const PEOPLE = "~people";

/** Behind the names of all sources of messages, and of nobody else. */
export const BEHIND_MESSAGES = "message!";

/** The name under which an event waits for its turn. */
export const turnOf = ({
  origin,
  sourceId,
  from,
}: Pick<EventFacts, "origin" | "sourceId" | "from">): string =>
  origin === "chat" ? PEOPLE : `${origin} ${sourceId ?? from}`;

export interface Rotation {
  /** Whose turn it was last, people aside. */
  last: string;
  /** The last event of all was a person's. */
  person: boolean;
}

/** Nothing is known of what was before: people come first. */
export const BEGINNING: Rotation = { last: "", person: false };

export const advanced = (rotation: Rotation, turn: string): Rotation =>
  turn === PEOPLE ? { ...rotation, person: true } : { last: turn, person: false };

/** Negative: `a` has its turn before `b`. */
export function compareTurns(a: string, b: string, rotation: Rotation): number {
  return rank(a, rotation) - rank(b, rotation) || (a < b ? -1 : a > b ? 1 : 0);
}

function rank(turn: string, { last, person }: Rotation): number {
  if (turn === PEOPLE) return person ? 3 : 0;
  return turn > last ? 1 : 2;
}

/** From where on the names are looked through, so that the first that has something waiting is the next. */
export function searches({ last, person }: Rotation): string[] {
  const others = last === "" ? [""] : [`${last}\0`, ""];
  return person ? [...others, PEOPLE] : [PEOPLE, ...others];
}

/**
 * Events that belong together: who takes another's place, who is handled in place of a dead one, and copies of one. What becomes of
 * the one is what becomes of the other; and each has no more kin than it should have. Pure.
 */
import type { EventDetails } from "../../src/domain/event-details.ts";
import type { Change } from "./journal.ts";
import type { AcceptedEvent } from "./verdict.ts";

export interface Kin {
  /** Whose end is the event's own: itself, unless another has taken its place or replays it. */
  heirOf(id: string): string;
  /** It stands where another stood, or has left its place to another. */
  moved(id: string): boolean;
  /** Nobody sent it: the box made it of one that is known. */
  isMade(id: string): boolean;
  problems: string[];
  counts: { superseded: number; replayed: number; copies: number; removed: number };
}

/** `audience`: how many sessions there were to have a copy of these. */
export function kinOf(
  accepted: readonly AcceptedEvent[],
  journal: readonly Change[],
  audience: ReadonlyMap<string, number>,
): Kin {
  const details = new Map<string, EventDetails>();
  const superseded = new Map<string, string>();
  const handedOver = new Set<string>();
  const replays = new Map<string, string[]>();
  const copies = new Map<string, { id: string; session: string }[]>();
  let removed = 0;
  for (const { id, before, after, delivery, supersededBy, details: own } of journal) {
    if (delivery > 0) handedOver.add(id);
    if (after === "removed") removed += 1;
    if (supersededBy !== null) superseded.set(id, supersededBy);
    if (before !== "" || own === null) continue;
    details.set(id, own);
    const { replayOf, copyOf, addressee = "" } = own;
    if (replayOf !== undefined) replays.set(replayOf, [...(replays.get(replayOf) ?? []), id]);
    if (copyOf !== undefined) copies.set(copyOf, [...(copies.get(copyOf) ?? []), { id, session: addressee }]);
  }

  const counted = (id: string) => details.get(id)?.standsFor ?? 1;
  const next = (id: string) => superseded.get(id) ?? replays.get(id)?.[0];
  const problems: string[] = [];
  for (const [id, by] of superseded) {
    if (handedOver.has(id)) problems.push(`${id} was handed over, and is superseded`);
    if (counted(by) !== counted(id) + 1)
      problems.push(
        `${by} stands for ${counted(by)}, and took the place of ${id}, which stands for ${counted(id)}`,
      );
  }
  for (const [id, all] of replays) {
    if (all.length > 1) problems.push(`${id} was replayed ${all.length} times`);
  }
  for (const { id } of accepted) {
    const { copies: owed = [], addressee } = details.get(id) ?? {};
    const has = (copies.get(id) ?? []).map(({ session }) => session);
    for (const session of owed) if (!has.includes(session)) problems.push(`${session} has no copy of ${id}`);
    const known = new Set([addressee]);
    for (const session of has) {
      if (known.has(session) || !owed.includes(session))
        problems.push(`${session} has one copy of ${id} too many`);
      known.add(session);
    }
  }
  for (const [id, sessions] of audience) {
    const made = 1 + (copies.get(id)?.length ?? 0);
    if (made !== sessions) problems.push(`${id} was for ${sessions} sessions, and ${made} were given it`);
  }
  const ids = new Set(accepted.map(({ id }) => id));
  const isMade = (id: string): boolean => {
    const { replayOf, copyOf } = details.get(id) ?? {};
    const of = replayOf ?? copyOf;
    return of !== undefined && (ids.has(of) || isMade(of));
  };
  return {
    heirOf(id) {
      for (let heir = id; ; ) {
        const after = next(heir);
        if (after === undefined) return heir;
        heir = after;
      }
    },
    moved: (id) => superseded.has(id) || details.get(id)?.standsFor !== undefined,
    isMade,
    problems,
    counts: {
      superseded: superseded.size,
      replayed: replays.size,
      copies: [...copies.values()].flat().length,
      removed,
    },
  };
}

/**
 * A newer event takes the place of one that waits under the same key, unless somebody has been shown that one. What is claimed
 * at the same instant is left where it is, and the newer one goes to the end of the lane. Whose place is taken lends its time,
 * too: what is sent again and again must not be put off for ever.
 */
import type { Host } from "../actors/host.ts";
import { eventStep } from "../actors/step.ts";
import type { NewEvent } from "../actors/store-new.ts";
import type { Coalesce } from "../domain/coalescing.ts";
import { type EventFacts, type EventRecord, eventState } from "../domain/event.ts";
import type { EventDetails } from "../domain/event-details.ts";
import { isExpiry, nextDue } from "../domain/machines/actor-state.ts";
import type { Clock } from "../domain/ports/clock.ts";
import type { Store, WriteResult } from "../domain/ports/store.ts";
import { Turns } from "./turns.ts";

/** An older that changes so often is somebody else's by now. */
const MOST_TRIES = 3;

export type Appended = WriteResult & { superseded?: string };

interface CoalescingParts {
  host: Host;
  store: Store;
  clock: Clock;
}

export class Coalescing {
  readonly #parts: CoalescingParts;
  /** Two that come together would take the same one's place. */
  readonly #turns = new Turns();

  constructor(parts: CoalescingParts) {
    this.#parts = parts;
  }

  /** `make` is given whose place the event takes; null: nobody's, and it is `admitted` as any other. */
  append(
    { account, lane, id, priority }: Pick<EventFacts, "account" | "lane" | "id" | "priority">,
    { key, windowMs }: Coalesce,
    make: (older: EventRecord | null) => NewEvent,
    admitted: (event: NewEvent) => Promise<Appended>,
  ): Promise<Appended> {
    const { host, store, clock } = this.#parts;
    return this.#turns.take(`${account} ${lane} ${key}`, async () => {
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        const older = await store.waitingLike(account, lane, key);
        const now = clock.now();
        if (older === null || older.facts.priority !== priority || !isOpen(older, now - windowMs)) break;
        const superseded = eventStep(older, { type: "supersede", at: now, by: id });
        const result = await host.append({ ...make(older), superseded });
        if (result.kind !== "conflict") return { ...result, superseded: older.facts.id };
      }
      return admitted(make(null));
    });
  }
}

/** Nobody was shown it, and it came in since then. */
const isOpen = ({ facts, actor }: EventRecord, since: number): boolean =>
  actor.context.delivery === 0 && facts.receivedAt >= since;

/** What the event says of itself: its key, and whom it stands for besides itself. */
export function coalesced(
  { details }: EventFacts,
  { key: coalesceKey }: Coalesce,
  older: EventRecord | null,
): EventDetails {
  if (older === null) return { ...details, coalesceKey };
  const standsFor = (older.facts.details?.standsFor ?? 1) + (details?.standsFor ?? 1);
  return { ...details, coalesceKey, standsFor };
}

/** How long the one whose place is taken would still have waited for its time; 0: its time has come. */
export function delayLike(older: EventRecord, now: number): number {
  if (eventState(older) !== "scheduled") return 0;
  const due = nextDue(older.actor.timers.filter((timer) => !isExpiry(timer)));
  return due === null ? 0 : Math.max(1, due - now);
}

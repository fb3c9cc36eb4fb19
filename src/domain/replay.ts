/**
 * An event that has ended is handled again as a new one. Its delivery id names the event that it replays, so that asking
 * twice, or again after a crash, makes one (promise 6); the space in it keeps every sender from having the same.
 */
import { ENDED, type EventFacts, type EventState } from "./event.ts";
import type { EventDetails } from "./event-details.ts";

export const REPLAY = "replay ";

export const replayDeliveryId = (id: string): string => `${REPLAY}${id}`;

/** Of what no route wanted nothing was kept. */
export const REPLAYABLE: readonly EventState[] = ENDED.filter((state) => state !== "dropped");

/** As those of the event, without what held for the first time alone: nothing replaces a replay, and it keeps. */
export function detailsOfReplay({ id, details }: EventFacts): EventDetails {
  const { expiresAt: _, coalesceKey: _key, addressee: _session, ...kept } = details ?? {};
  return { ...kept, replayOf: id };
}

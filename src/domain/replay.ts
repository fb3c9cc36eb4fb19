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

/** What held for the first time alone: nothing replaces a replay, it keeps, and it is for whoever is there. */
const FIRST_TIME = ["expiresAt", "coalesceKey", "addressee", "copies", "copyOf"] as const;

/** As those of the event, without that. */
export function detailsOfReplay({ id, details }: EventFacts): EventDetails {
  const kept = { ...details, replayOf: id };
  for (const name of FIRST_TIME) delete kept[name];
  return kept;
}

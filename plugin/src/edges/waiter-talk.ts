/**
 * What waiter and server say to each other, a line each. The waiter begins with the secret; the server answers nothing
 * until it sends it away: with an event, or because a newer one is there.
 */
const EVENT_ID = /^evt_[0-9a-hjkmnp-tv-z]{26}$/;

export const LONGEST_LINE = 256;

export const greeting = (secret: string): string => `wait ${secret}\n`;
export const WAKE = "wake";
export const LEAVE = "leave\n";
/** The secret is not this server's: it may just be writing its own, so the waiter asks again. */
export const REFUSED = "refused";
export const wakeWord = (eventId: string): string => `${WAKE} ${eventId}\n`;

/** The event that a line of the server announces; null: it says something else. */
export function announcedEvent(line: string): string | null {
  const [word, eventId] = line.split(" ");
  return word === WAKE && eventId !== undefined && EVENT_ID.test(eventId) ? eventId : null;
}

/** What Claude reads: constant words and an id. */
export const wakeLine = (eventId: string): string =>
  `Signalbox: event ${eventId} is ready. Call event_take to receive it, handle it, then call event_ack.`;

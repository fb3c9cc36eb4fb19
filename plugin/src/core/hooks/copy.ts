/**
 * Recognises the plugin's own words in a prompt: a channel event comes as its whole tag, a wake as the waiter's line
 * inside the client's own words (seen with client 2.1.329). Whoever forges one gains nothing: a copy counts only
 * while it is expected.
 */
import type { CopyWay } from "../showing.ts";

export interface Copy {
  way: CopyWay;
  eventId: string;
  /** Null: the wake's line names none. */
  delivery: number | null;
}

const TAG = /^\s*<channel\s([^>]*)>/;
const LINE =
  /Signalbox: event (evt_[0-9a-hjkmnp-tv-z]{26}) is ready\. Call event_take to receive it, handle it, then call event_ack\./;

export function copyIn(prompt: string): Copy | null {
  const tag = TAG.exec(prompt)?.[1];
  if (tag !== undefined) {
    const eventId = /(?:^|\s)event_id="(evt_[0-9a-hjkmnp-tv-z]{26})"/.exec(tag)?.[1];
    const delivery = /(?:^|\s)delivery="(\d+)"/.exec(tag)?.[1];
    if (eventId === undefined) return null;
    return { way: "channel", eventId, delivery: delivery === undefined ? null : Number(delivery) };
  }
  const eventId = LINE.exec(prompt)?.[1];
  return eventId === undefined ? null : { way: "wake", eventId, delivery: null };
}

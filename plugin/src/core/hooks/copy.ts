/**
 * Recognises the plugin's own words in a prompt: a channel event comes as its whole tag, a wake as the waiter's line
 * inside the client's own words (seen with client 2.1.329). Whoever forges one gains nothing: a copy counts only
 * while it is expected. Whoever quotes one loses nothing: only a prompt that is all the client's is ever withdrawn.
 */
import type { CopyWay } from "../showing.ts";

export interface Copy {
  way: CopyWay;
  eventId: string;
  /** Null: the wake's line names none. */
  delivery: number | null;
  /** Nobody has added a word to it. */
  alone: boolean;
}

const CHANNEL = /^\s*<channel\s([^>]*)>/;
/** How the client names this plugin's server as a channel. */
const OURS = /(?:^|\s)source="plugin:signalbox:box"/;
const CHANNEL_END = /<\/channel>\s*$/;

const LINE =
  /Signalbox: event (evt_[0-9a-hjkmnp-tv-z]{26}) is ready\. Call event_take to receive it, handle it, then call event_ack\./;
/** What the client puts before the line of a waiter, perhaps in a tag. */
const WAKE_BEGIN = /^\s*(?:<[\w-]+>\s*)?\w+ hook blocking error\b.*$/;
/** Nothing, or the client's own explanation. */
const WAKE_END = /^(?:[\s\S]*NOT a message from the user[^\n]*\s*)?(?:<\/[\w-]+>)?$/;

export function copyIn(prompt: string): Copy | null {
  const tag = CHANNEL.exec(prompt)?.[1];
  return tag === undefined ? wakeIn(prompt) : channelEventIn(prompt, tag);
}

function channelEventIn(prompt: string, tag: string): Copy | null {
  const eventId = /(?:^|\s)event_id="(evt_[0-9a-hjkmnp-tv-z]{26})"/.exec(tag)?.[1];
  const delivery = /(?:^|\s)delivery="(\d+)"/.exec(tag)?.[1];
  if (eventId === undefined || !OURS.test(tag)) return null;
  const alone = CHANNEL_END.test(prompt);
  return { way: "channel", eventId, delivery: delivery === undefined ? null : Number(delivery), alone };
}

function wakeIn(prompt: string): Copy | null {
  const line = LINE.exec(prompt);
  const eventId = line?.[1];
  if (line === null || eventId === undefined) return null;
  const [before, after] = [prompt.slice(0, line.index), prompt.slice(line.index + line[0].length).trim()];
  return { way: "wake", eventId, delivery: null, alone: WAKE_BEGIN.test(before) && WAKE_END.test(after) };
}

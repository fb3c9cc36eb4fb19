/**
 * Clawback's plugin waits five minutes for its session. Then it goes on by itself and acks the event with words that are always the same:
 * a silence, not a success (promise 14). What tells it from an ack of the session's own is its words and its age together.
 */
export const PLUGIN_WAITS_MS = 5 * 60_000;

/** Between the server's clock and the plugin's timer lies the way there and back. */
const CLOCKS_DIFFER_MS = 5_000;

/** By then its plugin has let go of it, and has said so if it still lives. */
export const LET_GO_MS = PLUGIN_WAITS_MS + 60_000;

/** Nobody who has done something says only this. */
const WORDS =
  /^\W*(?:(?:ack|event|auto)\W*)?(?:time[sd]?[ -]?out|expired|no (?:ack|response|answer))\b.{0,80}$/is;

export const soundsLikeTimer = (summary: string): boolean => WORDS.test(summary.trim());

/**
 * Whether an ack with such words came when the timer's would. `heldMs`: for how long its plugin has had the event; null: this connection
 * has not shown it, so that nobody knows: the server may have been down for a part of it. Then its words tell alone: at worst an event
 * is handled twice, but none is lost.
 */
export const isTimers = (heldMs: number | null): boolean =>
  heldMs === null || heldMs >= PLUGIN_WAITS_MS - CLOCKS_DIFFER_MS;

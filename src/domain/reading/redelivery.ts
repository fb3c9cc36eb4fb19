/** What a redelivery says of itself: that the event comes back, or is shown again, and why. Constant words, numbers, names. */
import type { EventContext } from "../machines/event.ts";
import type { Again, Stopped } from "../machines/event-words.ts";
import { word } from "./words.ts";

const SHOWN_AGAIN: Readonly<Record<Again, string>> = {
  restarted: "the process of the session that had it ended",
  cleared: "the conversation that had it was cleared",
  escaped: "the turn that had it was stopped",
};

/** By the reasons that the event's machine gives. */
const COMES_BACK: ReadonlyMap<string, string> = new Map([
  ["timed_out", "the session that had it was silent for too long"],
  ["held_too_long", "the session that had it held it for the longest time allowed"],
  ["away", "the link to the session that had it broke and did not come back in time"],
  ["unseen", "its last delivery did not reach a conversation"],
  ["left", "the session that had it went to another lane, or takes no messages any more"],
  ["interrupted", "something more urgent interrupted it"],
  ["retry", "the session that had it asked for another try"],
]);

/** Ends the sentence "It comes back because …"; undefined: not one of these reasons. */
export const whyBack = (reason: string): string | undefined => COMES_BACK.get(reason);

const LOOK_FIRST = "part of the work may be done already, so look first";

/** In parentheses behind the event's id: `delivery 2, comes back because …`. */
export function deliveryWords({ delivery, again, reason, stopped }: EventContext): string {
  if (again !== null) {
    return `delivery ${delivery}, shown again because ${SHOWN_AGAIN[again]}; ${LOOK_FIRST}`;
  }
  if (delivery <= 1) return `delivery ${delivery}`;
  if (reason === "interrupted" && stopped !== null) {
    return `delivery ${delivery}, resumed: it comes back because ${whyBack(reason)}${workWords(stopped)}; ${LOOK_FIRST}`;
  }
  const why = whyBack(reason ?? "");
  const because = why === undefined ? "comes back" : `comes back because ${why}`;
  return `delivery ${delivery}, ${because}${reason === "unseen" ? "" : `; ${LOOK_FIRST}`}`;
}

/** What is known of the work that was interrupted. What it waited for is said by whoever had it: a name, not a sentence. */
function workWords({ workedMs, waitingFor }: Stopped): string {
  const waited = waitingFor === null ? "" : `, while it waited for ${word(waitingFor)}`;
  return ` after ${spanWords(workedMs)} of work${waited}`;
}

function spanWords(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 90) return `${seconds} ${seconds === 1 ? "second" : "seconds"}`;
  return `${Math.round(seconds / 60)} minutes`;
}

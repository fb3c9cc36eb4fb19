import type { Parts } from "../parts.ts";

/** The event that this turn goes back to, also where it is acked already; empty: none, or the user had a word in it. */
export function ledBy({ hand, turn, ways }: Parts): string {
  if (hand.event !== null) return hand.event.eventId;
  return (ways.hooksCall ? turn.cause : hand.justLeft) ?? "";
}

/** Why an event is where it is, in words; the code alone is for programs. */
import { whyBack } from "../domain/reading/redelivery.ts";
import { oneLine } from "./one-line.ts";

/** Of events that do not come back. */
const ENDS: ReadonlyMap<string, string> = new Map([
  ["failed", "the session that had it said that it failed"],
  ["expired", "nobody had taken it when its time was over"],
  ["no_route", "no route of its source takes its type"],
  ["unreadable", "what was stored of it is damaged; have it sent again"],
]);

/** Nothing for no reason; one that is not known here, from a newer server, as it is. */
export const reasonWords = (reason: string): string => ENDS.get(reason) ?? whyBack(reason) ?? oneLine(reason);

/** Names as they may stand outside a boundary, whoever chose them. */

import type { EventContent, EventFacts } from "../event.ts";
import type { EventDetails } from "../event-details.ts";
import { label } from "../grammar.ts";
import { type Lane, laneName, tagOfLane } from "../lane.ts";
import { localTime } from "../schedule.ts";

/** One word without a space in it: it can't be read as a sentence. */
export const word = (text: string): string => label(text).replaceAll(" ", "_").slice(0, 64) || "unknown";

export const laneWords = (lane: Lane): string =>
  tagOfLane(lane) === null ? "untagged lane" : `lane ${laneName(lane)}`;

export function originWords({ origin, from, details }: EventFacts): string {
  switch (origin) {
    case "webhook":
      return `source ${word(from)}`;
    case "cron":
      return `cron ${word(from)}`;
    case "message":
      return `session ${word(from)}${details?.project === undefined ? "" : ` in folder ${word(details.project)}`}`;
    case "hook":
      return `hook ${word(from)}`;
    case "exit":
      return `the exit of session ${word(from)}`;
    case "chat":
      return `chat ${word(from)}`;
    default:
      return origin satisfies never;
  }
}

/** Only a stranger's event has to be proved: crons, messages and the like are told of by this server itself. */
export function proofWords({ origin, verifiedBy }: EventFacts): string {
  if (origin !== "webhook") return "";
  return verifiedBy === null ? ", not verified: anybody could have sent it" : ", verified";
}

/** A sentence, where older ones were replaced by it while they waited, or where it was made for a time. */
export function standsForWords({ details, receivedAt }: EventFacts): string {
  const count = details?.standsFor ?? 1;
  if (details?.due !== undefined) return dueWords(details.due, receivedAt, count);
  return count > 1
    ? `It stands for ${count}: the others were replaced by newer ones while they waited. `
    : "";
}

/** A sentence, where its route keeps only the fields that it names; else empty. */
export function fieldsWords({ details }: EventFacts, { payload }: Pick<EventContent, "payload">): string {
  const omitted = details?.omittedBytes ?? 0;
  if (omitted === 0) return "";
  const kept = Buffer.byteLength(payload);
  return kept === 0
    ? `Its route keeps only chosen fields, and none of them was in its ${omitted} bytes.`
    : `Its route keeps only chosen fields: these are ${kept} of ${omitted + kept} bytes, the others were not kept.`;
}

const MINUTE_MS = 60_000;

function dueWords({ at, timezone }: NonNullable<EventDetails["due"]>, madeAt: number, count: number): string {
  const minutes = Math.floor((madeAt - at) / MINUTE_MS);
  const late = minutes < 1 ? "" : `, ${minutes} ${minutes === 1 ? "minute" : "minutes"} late`;
  const others = count > 1 ? `; it stands for ${count} times of its schedule` : "";
  return `Due ${localTime(at, timezone)}${late}${others}. `;
}

/** Events that wait in the lane, counted no further than the caller wished; `more`: there are more than `count`. */
export interface Waiting {
  count: number;
  more: boolean;
}

export function waitingWords({ count, more }: Waiting): string {
  if (more) return `more than ${count} more waiting`;
  return count === 0 ? "nothing more waiting" : `${count} more waiting`;
}

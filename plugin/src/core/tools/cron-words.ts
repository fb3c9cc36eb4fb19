/** How tools tell of a cron. */
import type { Cron } from "../../../../proto/gen/signalbox/v1/control_pb.ts";
import { laneName } from "./account-info.ts";
import { causeLines } from "./cause-words.ts";
import { plain, quoted } from "./names.ts";

/** Of each prompt at least so much is told. */
const LEAST_CHARS = 200;

/** What the prompts of one answer may take together: one of the longest, or a part of each of many. */
const PROMPT_CHARS = 20_000;

/** How much is told of each prompt, where there are so many. */
export const promptShare = (crons: number): number =>
  Math.max(LEAST_CHARS, Math.floor(PROMPT_CHARS / Math.max(1, crons)));

/** `most`: characters of its prompt. Whoever has just named it needs no more than to know it again. */
export function cronLines(cron: Cron, most = LEAST_CHARS): string[] {
  const { id, label, schedule, timezone, prompt, lane, priority, state } = cron;
  return [
    `${label === "" ? id : `${plain(label)} (${id})`}${state === "paused" ? ", paused" : ""}`,
    `  Schedule: ${plain(schedule)} in ${plain(timezone)}`,
    `  Next: ${nextText(cron)}`,
    `  Prompt: ${quoted(prompt, most)}`,
    `  Session: ${laneName(lane)}. Priority: ${priority}. ${ruleText(cron)}.`,
    ...(cron.fanout === "" ? [] : ["  Fan-out: each connected session gets an event of its own"]),
    ...silenceText(cron),
    ...firedText(cron),
    ...missedText(cron),
    ...causeLines(cron.cause),
  ];
}

function nextText({ state, next }: Cron): string {
  if (state === "paused") return "none while it is paused; cron_update with paused: false lets it go on";
  return next.length === 0 ? "never" : next.map(({ local }) => plain(local)).join("; ");
}

function ruleText({ misfire, overlap, maxLatenessMinutes: most }: Cron): string {
  const late = most === 0 ? "" : `, at most ${most} ${most === 1 ? "minute" : "minutes"} late`;
  return `Misfire: ${plain(misfire)}${late}. Overlap: ${plain(overlap)}`;
}

function silenceText({ remindSeconds: remind, timeoutSeconds: timeout }: Cron): string[] {
  const words = [
    ...(remind === 0 ? [] : [`reminded after ${remind} seconds`]),
    ...(timeout === 0 ? [] : [`the event goes back after ${timeout} seconds`]),
  ];
  return words.length === 0 ? [] : [`  When a session is silent: ${words.join(", ")}`];
}

function firedText({ fired, eventId, timesFired }: Cron): string[] {
  if (fired === undefined) return [];
  const last = `last ${plain(fired.local)}${eventId === "" ? "" : ` (${plain(eventId)})`}`;
  return [`  Fired: ${timesFired} ${timesFired === 1n ? "time" : "times"}, ${last}`];
}

function missedText({ missed, missedBecause, timesMissed }: Cron): string[] {
  if (missed === undefined) return [];
  const why = WHY_MISSED.get(missedBecause) ?? "nobody could fire it in time";
  return [
    `  Missed: ${timesMissed} ${timesMissed === 1n ? "time" : "times"}, last ${plain(missed.local)}: ${why}`,
  ];
}

const WHY_MISSED: ReadonlyMap<string, string> = new Map([
  ["overlap", "its last event was not done"],
  ["full", "its lane was full"],
]);

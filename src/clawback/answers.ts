/** What is answered on Clawback's wire, in its shapes and no others. */
import type {
  Cron,
  HistoryEntry,
  ListedSession,
  Source,
  TokenInfo,
} from "../../proto/gen/signalbox/v1/control_pb.ts";
import { tagOfLane } from "../domain/lane.ts";

const filled = <T extends object>(all: T): Partial<T> =>
  // The same keys, fewer of them.
  Object.fromEntries(
    Object.entries(all).filter(([, value]) => value !== "" && value !== undefined),
  ) as Partial<T>;

const tagIn = (lane: string) => ({ sessionTag: tagOfLane(lane) ?? "" });

export const cronAnswer = (cron: Cron | undefined) => {
  if (cron === undefined) return null;
  const { id, schedule, prompt, label, lane } = cron;
  return { id, schedule, prompt, ...filled({ label, ...tagIn(lane) }) };
};

export const sourceAnswer = (source: Source | undefined) => {
  if (source === undefined) return null;
  const { id, slug, scheme: type, skill, routes, eventType, lane } = source;
  const rule = eventType === undefined ? undefined : filled(headerAndPaths(eventType));
  const some = Object.keys(routes).length > 0 ? { ...routes } : undefined;
  return { id, slug, type, ...filled({ skill, routes: some, eventType: rule, ...tagIn(lane) }) };
};

const headerAndPaths = ({ header, body, action }: NonNullable<Source["eventType"]>) => ({
  header,
  body,
  action,
});

/** `source` is the kind of event, as Clawback has it; what failed says so in its summary, because nothing else there can. */
export const historyAnswer = (entry: HistoryEntry) => {
  const { origin: source, path, skill, completedAtMs, durationMs = 0n, timedOut, state, reason } = entry;
  const failed = state === "acked" ? "" : `[${state}${reason === "" ? "" : `: ${reason}`}] `;
  return {
    source,
    path,
    skill,
    summary: `${failed}${entry.summary}`,
    completedAt: timeOf(completedAtMs),
    durationMs: Number(durationMs),
    timedOut: timedOut > 0,
  };
};

export const tokenAnswer = ({ id, label, lastSeenAtMs, createdAtMs, current }: TokenInfo) => ({
  id,
  label: label === "" ? null : label,
  lastSeen: lastSeenAtMs === 0n ? null : timeOf(lastSeenAtMs),
  createdAt: timeOf(createdAtMs),
  current,
});

export const sessionAnswer = ({ lane, current }: ListedSession) => ({ sessionTag: tagOfLane(lane), current });

const timeOf = (ms: bigint): string => new Date(Number(ms)).toISOString();

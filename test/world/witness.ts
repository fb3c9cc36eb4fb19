/** What a client's transcript proves: which events Claude was given, and which acks it was told are committed. */
import type { Entry } from "../standin/transcript-entry.ts";

export interface Sighting {
  id: string;
  at: number;
}

export interface Showing extends Sighting {
  delivery: number;
  /** Its first line said that the same delivery is shown again, and why. */
  again: boolean;
}

/** Each time that Claude was given the content of an event, in order. */
export function showings(entries: readonly Entry[]): Showing[] {
  return entries.flatMap((entry) => {
    const text =
      entry.kind === "turn-begin"
        ? entry.reads
        : entry.kind === "tool-answer" && entry.outcome === "answered"
          ? entry.text
          : "";
    const found = text.matchAll(/Signalbox event (evt_[0-9a-z]{26}) \(delivery (\d+)(, shown again)?/g);
    return [...found].map(([, id = "", delivery, again]) => ({
      id,
      at: entry.at,
      delivery: Number(delivery),
      again: again !== undefined,
    }));
  });
}

/** The acks of which the plugin told Claude that they are committed, and were not before. */
export function committedAcks(entries: readonly Entry[]): Sighting[] {
  const inputs = new Map<string, string>();
  return entries.flatMap((entry) => {
    if (entry.kind === "tool-call" && entry.tool.endsWith("event_ack"))
      inputs.set(entry.id, String(entry.input.event_id));
    if (entry.kind !== "tool-answer" || entry.outcome !== "answered") return [];
    const id = inputs.get(entry.id);
    return id !== undefined && entry.text.startsWith(`${id} is done.`) ? [{ id, at: entry.at }] : [];
  });
}

/** Those that occur more than once. */
export function repeated(sightings: readonly Sighting[]): Set<string> {
  const seen = new Set<string>();
  const again = new Set<string>();
  for (const { id } of sightings) (seen.has(id) ? again : seen).add(id);
  return again;
}

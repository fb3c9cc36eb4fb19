/** What became of the events: what the server says, held against what the client saw. */
import type { Entry } from "../standin/transcript-entry.ts";
import type { EventAccount } from "./ledger.ts";

export interface Verdict {
  accepted: number;
  acked: number;
  lost: number;
  /** Events for which more than one ack was committed. */
  doubled: number;
  /** Events that were first shown before one that was accepted earlier. */
  outOfOrder: number;
  /** Times that an event was shown beyond its first. */
  shownAgain: number;
}

export function verdictOf(
  accounts: readonly EventAccount[],
  transcripts: readonly (readonly Entry[])[],
): Verdict {
  const acked = accounts.filter(({ last }) => last?.state === "acked").length;
  const shown = transcripts.flatMap(showings);
  const firsts = [...new Set(shown)];
  const order = accounts.map(({ event }) => event.id);
  const settled = transcripts.flatMap(committedAcks);
  return {
    accepted: accounts.length,
    acked,
    lost: accounts.length - acked,
    doubled: new Set(settled.filter((id, i) => settled.indexOf(id) !== i)).size,
    outOfOrder: firsts.filter((id, i) => i > 0 && order.indexOf(id) < order.indexOf(firsts[i - 1] ?? ""))
      .length,
    shownAgain: shown.length - firsts.length,
  };
}

export const isClean = ({ lost, doubled, outOfOrder, accepted, acked }: Verdict): boolean =>
  lost === 0 && doubled === 0 && outOfOrder === 0 && accepted === acked;

export const verdictLine = ({ accepted, acked, lost, doubled, outOfOrder, shownAgain }: Verdict): string =>
  `${accepted} accepted, ${acked} acked, ${lost} lost, ${doubled} doubled, ${outOfOrder} out of order, ${shownAgain} shown again`;

/** The events whose content Claude was given, in order. */
function showings(entries: readonly Entry[]): string[] {
  return entries.flatMap((entry) => {
    const text =
      entry.kind === "turn-begin"
        ? entry.reads
        : entry.kind === "tool-answer" && entry.outcome === "answered"
          ? entry.text
          : "";
    return [...text.matchAll(/Signalbox event (evt_[0-9a-z]{26}) \(delivery/g)].map(([, id = ""]) => id);
  });
}

/** The acks of which the plugin told Claude that they are committed, and were not before. */
function committedAcks(entries: readonly Entry[]): string[] {
  const inputs = new Map<string, string>();
  return entries.flatMap((entry) => {
    if (entry.kind === "tool-call" && entry.tool.endsWith("event_ack"))
      inputs.set(entry.id, String(entry.input.event_id));
    if (entry.kind !== "tool-answer" || entry.outcome !== "answered") return [];
    const id = inputs.get(entry.id);
    return id !== undefined && entry.text.startsWith(`${id} is done.`) ? [id] : [];
  });
}

/** What became of the events: what the server says, held against what the client saw. */
import type { Entry } from "../standin/transcript-entry.ts";
import { hasThreeZeros, type Outcome } from "../world/outcome.ts";
import { committedAcks, repeated, showings } from "../world/witness.ts";
import type { EventAccount } from "./ledger.ts";

/** Out of order is what was first shown before an event that was accepted earlier. */
export function verdictOf(
  accounts: readonly EventAccount[],
  transcripts: readonly (readonly Entry[])[],
): Outcome {
  const acked = accounts.filter(({ last }) => last?.state === "acked").length;
  const shown = transcripts.flatMap(showings).map(({ id }) => id);
  const firsts = [...new Set(shown)];
  const order = accounts.map(({ event }) => event.id);
  return {
    accepted: accounts.length,
    acked,
    lost: accounts.length - acked,
    doubled: repeated(transcripts.flatMap(committedAcks)).size,
    outOfOrder: firsts.filter((id, i) => i > 0 && order.indexOf(id) < order.indexOf(firsts[i - 1] ?? ""))
      .length,
    shownAgain: shown.length - firsts.length,
  };
}

export const isClean = (outcome: Outcome): boolean =>
  hasThreeZeros(outcome) && outcome.accepted === outcome.acked;

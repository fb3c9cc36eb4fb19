/** Goes once more through what the store committed, and finds what should not be in it. */
import { CLAIMABLE, ENDED } from "../../src/domain/event.ts";
import { BANDS } from "../../src/domain/order.ts";
import { hasTurns } from "../../src/domain/turns.ts";
import type { Change } from "./journal.ts";

export interface Replayed {
  /** How often an ack of the event was committed. */
  acks: Map<string, number>;
  /** The last state of each event. */
  states: Map<string, string>;
  /** Events that were claimed while another stood before them in their lane, or in their source where those take turns. */
  outOfOrder: Set<string>;
  problems: string[];
}

interface Place {
  lane: string;
  band: number;
  seq: number;
  /** Another source may go before it; null: none may. */
  turn: string | null;
  /** Others may pass it by; whether they still should, the journal does not tell. */
  keptFor: string | null;
  /** The transaction with which it came; null: an earlier step has brought it back. */
  cameWithin: number | null;
}

const isEnd = (state: string): boolean => ENDED.some((end) => end === state);

const isClaimable = (state: string): boolean => CLAIMABLE.some((claimable) => claimable === state);

export function replay(journal: readonly Change[]): Replayed {
  const acks = new Map<string, number>();
  const states = new Map<string, string>();
  const outOfOrder = new Set<string>();
  const problems: string[] = [];
  const waiting = new Map<string, Place>();
  const hands = new Map<string, string>();

  // What arrived in the very transaction of the claim was not stored yet when an event was chosen that had long been there; an
  // interrupt among it stops that one as soon as it has come into its conversation.
  const stoodBefore = ({ id, lane, seq, within, holder }: Change): boolean => {
    const own = waiting.get(id);
    // The row tells the place that it has as a claimed event; what counts is the one from which it was taken.
    const band = own?.band ?? 0;
    return [...waiting].some(
      ([other, place]) =>
        other !== id &&
        place.lane === lane &&
        (place.keptFor === null || place.keptFor === holder) &&
        (place.cameWithin !== within || own?.cameWithin === within) &&
        (place.band < band || (place.band === band && place.turn === own?.turn && place.seq < seq)),
    );
  };

  for (const change of journal) {
    const { id, before, after, holder, keptFor, lane, band, seq, within } = change;
    if (after === "removed") {
      if (!isEnd(before)) problems.push(`${id} was ${before}, and was removed`);
      continue;
    }
    const turn = hasTurns(BANDS[band] ?? "normal") ? change.turn : null;
    if ((states.get(id) ?? "") !== before) problems.push(`${id} went from ${before} to ${after} unseen`);
    if (before === "acked") problems.push(`${id} was acked and became ${after}`);
    if (after === "acked") acks.set(id, (acks.get(id) ?? 0) + 1);
    if (isClaimable(before) && after === "dispatching" && stoodBefore(change)) outOfOrder.add(id);
    states.set(id, after);
    const cameWithin = before === "" ? within : null;
    if (isClaimable(after)) waiting.set(id, { lane, band, seq, turn, keptFor, cameWithin });
    else waiting.delete(id);
    for (const [session, held] of hands) if (held === id) hands.delete(session);
    if (holder === null) continue;
    const other = hands.get(holder);
    if (other !== undefined) problems.push(`${holder} was given ${id} while it had ${other}`);
    hands.set(holder, id);
  }
  return { acks, states, outOfOrder, problems };
}

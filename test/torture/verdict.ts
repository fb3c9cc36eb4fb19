/**
 * What became of the events: what senders were told, what the store committed, and what Claude saw, held against each
 * other. Pure, so that each finding can be shown to be found.
 */
import { CLAIMABLE, type EventState } from "../../src/domain/event.ts";
import type { Entry } from "../standin/transcript-entry.ts";
import { hasThreeZeros, type Outcome } from "../world/outcome.ts";
import { committedAcks, repeated, type Showing, showings } from "../world/witness.ts";
import type { Change } from "./journal.ts";
import { type Kin, kinOf } from "./kin.ts";
import { replay } from "./replay.ts";

export interface AcceptedEvent {
  id: string;
  lane: string;
  /** One clock for both: when it was first asked for, and when it was accepted. */
  askedAt: number;
  answeredAt: number;
}

export interface Evidence {
  accepted: readonly AcceptedEvent[];
  journal: readonly Change[];
  /** One a process of the client. */
  transcripts: readonly (readonly Entry[])[];
  /** Of events that go to all: how many there were. */
  audience?: ReadonlyMap<string, number>;
}

export interface Verdict extends Outcome {
  kin: Kin["counts"];
  /** What else should not be, a line each. */
  problems: string[];
}

const WAITING: readonly string[] = [
  ...CLAIMABLE,
  "scheduled",
  "dispatching",
  "delivered",
] satisfies EventState[];

export function verdictOf({ accepted, journal, transcripts, audience = new Map() }: Evidence): Verdict {
  const committed = replay(journal);
  const kin = kinOf(accepted, journal, audience);
  const endOf = (id: string) => committed.states.get(kin.heirOf(id)) ?? "missing";
  const states = accepted.map(({ id }) => endOf(id));
  const made = [...committed.states.keys()].filter(kin.isMade);
  const shown = transcripts.map(showings);
  const told = transcripts.flatMap(committedAcks);
  const known = new Set(accepted.map(({ id }) => id));
  const doubled = repeated([...told]);
  for (const [id, times] of committed.acks) if (times > 1) doubled.add(id);
  const waiting = states.filter((state) => WAITING.includes(state)).length;
  return {
    accepted: accepted.length,
    kin: kin.counts,
    acked: states.filter((state) => state === "acked").length,
    lost: states.filter((state) => state !== "acked" && !WAITING.includes(state)).length,
    doubled: doubled.size,
    outOfOrder: new Set([
      ...committed.outOfOrder,
      ...overtaken(
        accepted.filter(({ id }) => !kin.moved(id)),
        journal,
      ),
    ]).size,
    shownAgain: shown.flat().length - new Set(shown.flat().map(({ id }) => id)).size,
    problems: [
      ...committed.problems,
      ...kin.problems,
      ...made
        .filter((id) => endOf(id) !== "acked")
        .map((id) => `${id} was made of another, and is ${endOf(id)}`),
      ...(waiting === 0 ? [] : [`${waiting} accepted events still wait, and nobody is given them`]),
      ...[...committed.states.keys()]
        .filter((id) => !known.has(id) && !made.includes(id))
        .map((id) => `nobody was told of ${id}`),
      ...told
        .filter(({ id }) => !committed.acks.has(id))
        .map(({ id }) => `Claude was told that ${id} is done; no such ack was committed`),
      ...shown.flatMap(shownTwice),
      ...shownAfterAck(shown.flat(), told),
    ],
  };
}

export const isClean = (verdict: Verdict): boolean =>
  hasThreeZeros(verdict) && verdict.accepted === verdict.acked && verdict.problems.length === 0;

/** Events that stand in their lane before one whose acceptance came before their own request. */
function overtaken(accepted: readonly AcceptedEvent[], journal: readonly Change[]): string[] {
  const seqs = new Map(journal.map(({ id, seq }) => [id, seq]));
  const lanes = Object.values(Object.groupBy(accepted, ({ lane }) => lane));
  return lanes.flatMap((events = []) => {
    const answered = events.toSorted((a, b) => a.answeredAt - b.answeredAt);
    const asked = events.toSorted((a, b) => a.askedAt - b.askedAt);
    let last = 0;
    let highest = 0;
    return asked.flatMap(({ id, askedAt }) => {
      for (let before = answered[last]; before !== undefined && before.answeredAt < askedAt; ) {
        highest = Math.max(highest, seqs.get(before.id) ?? 0);
        before = answered[++last];
      }
      const seq = seqs.get(id);
      return seq !== undefined && seq < highest ? [id] : [];
    });
  });
}

/** Promise 5: one process is shown a delivery once, or is told why it is shown again. */
function shownTwice(shown: readonly Showing[]): string[] {
  const names = shown
    .filter(({ again }) => !again)
    .map(({ id, delivery, at }) => ({ id: `${id} (${delivery})`, at }));
  return [...repeated(names)].map((name) => `${name} was shown twice to one process, without a word`);
}

/** Promise 4. */
function shownAfterAck(shown: readonly Showing[], told: readonly { id: string; at: number }[]): string[] {
  const confirmed = new Map(told.map(({ id, at }) => [id, at]));
  return shown
    .filter(({ id, at }) => at > (confirmed.get(id) ?? Number.POSITIVE_INFINITY))
    .map(({ id }) => `${id} was shown after its ack was confirmed`);
}

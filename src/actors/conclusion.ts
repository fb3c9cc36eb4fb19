/** What comes of a tick's letters once its writes have resolved: what counts is answered and performed, what lost is taken again. */
import { SignalboxError } from "../domain/errors.ts";
import type { EventRecord } from "../domain/event.ts";
import type { Lane } from "../domain/lane.ts";
import type { WriteResult } from "../domain/ports/store.ts";
import { type ActorRecord, keyOf } from "./address.ts";
import type { Effect } from "./effect.ts";
import type { HostParts } from "./host.ts";
import type { Answer, Letter, Reply } from "./letter.ts";

/** A message whose write loses so often has met more than bad luck. */
const MOST_TRIES = 5;

/** A lane that may have something for somebody. */
export interface LaneCall {
  account: string;
  lane: Lane;
  /** How often a claim in it has lost. */
  tries: number;
  /** An interrupt may be waiting there: looked at also where nobody is free. */
  urgent: boolean;
}

export interface TickDone {
  written: ActorRecord[];
  effects: Effect[];
  replies: { answer: Answer; reply: Reply }[];
  /** Letters whose write lost, or that a failing store has left: to be taken again. */
  again: Letter[];
  /** Lanes that must be looked at again. */
  lanes: LaneCall[];
  /** The store failed: who waited was told so. */
  failed: boolean;
}

/** What one letter did, until it is known whether it counts. */
export interface Trace {
  letter: Letter;
  /** The actor after its step; null: there is no such actor. */
  record: ActorRecord | null;
  /** What it was told, where that changed it. */
  step: string | null;
  effects: readonly Effect[];
}

/** `lost`: the records whose writes did not count, by their keys, with the result. Adds to `done`. */
export function conclude(
  trace: Trace,
  lost: ReadonlyMap<string, WriteResult | undefined>,
  done: TickDone,
  { log, inspection }: Pick<HostParts, "log" | "inspection">,
): void {
  const { letter, record, effects } = trace;
  const result = record === null ? undefined : lost.get(keyOf(record));
  if (letter.kind === "arrival" && result?.kind === "duplicate") {
    done.replies.push({ answer: letter.answer, reply: result });
    return;
  }
  // Also an answer that changed nothing may speak of what an earlier step of this tick changed.
  if (record !== null && lost.has(keyOf(record))) {
    // That an event was known already says nothing of the lane: what waits there must not be given up for it.
    const tries = letter.tries + (result?.kind === "duplicate" ? 0 : 1);
    if (tries < MOST_TRIES) {
      // A claim is chosen anew: who was free may have something in hand by now, or be gone.
      if (isChosen(letter) && record.kind === "event")
        done.lanes.push({ ...placeOf(record), tries, urgent: true });
      else done.again.push({ ...letter, tries });
      return;
    }
    log("error", "a write lost too often", { actor: keyOf(record) });
    letter.answer?.reject(
      new SignalboxError("unavailable", "lost_too_often", "the record changes too fast", "Try again"),
    );
    return;
  }
  done.effects.push(...effects);
  if (record !== null && trace.step !== null) inspection.publish(record, trace.step);
  const reply: Reply = record === null ? { kind: "unknown" } : { kind: "stepped", record, effects };
  if (letter.answer !== null) done.replies.push({ answer: letter.answer, reply });
}

/** What the tick chose to do may be the wrong thing by now. */
const isChosen = (letter: Letter): boolean =>
  letter.kind === "told" && ["claim", "interrupt"].includes(letter.told.message.type);

const placeOf = ({ facts: { account, lane } }: EventRecord) => ({ account, lane });

/** One step of one cron, pure: record and message in, next record and firings out (promise 11). Crons have no timers. */
import type { AnyMachineSnapshot } from "xstate";
import type { CronRecord } from "../domain/cron.ts";
import type { ActorState } from "../domain/machines/actor-state.ts";
import {
  type CronContext,
  type CronInput,
  type CronMessage,
  cronMachine,
  type Firing,
} from "../domain/machines/cron.ts";
import { type Action, advance, begin } from "./transitions.ts";

export interface SteppedCron {
  record: CronRecord;
  /** The events that it asks for. */
  firings: readonly Firing[];
}

/** A cron's first state; it is not stored yet. */
export function newCron(words: Omit<CronRecord, "kind" | "actor" | "rev">, input: CronInput): CronRecord {
  const [snapshot] = begin(cronMachine, input);
  return { kind: "cron", ...words, actor: settled(snapshot), rev: 0 };
}

export function stepCron(record: CronRecord, message: CronMessage): SteppedCron {
  const { value, context } = record.actor;
  const [after, actions] = advance(cronMachine, cronMachine.resolveState({ value, context }), message);
  return { record: { ...record, actor: settled(after) }, firings: actions.flatMap(firingsOf) };
}

const firingsOf = ({ type, params }: Action): readonly Firing[] =>
  type === "fire" ? (params as { firings: readonly Firing[] }).firings : []; // As the machine declares it.

const settled = ({ value, context }: AnyMachineSnapshot): ActorState<CronContext> => ({
  version: 1,
  value,
  context,
  timers: [],
});

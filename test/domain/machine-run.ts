/**
 * A machine run as the durable host runs it: by XState's pure functions, through JSON after every step, with the timers
 * that its actions set and cancel.
 */
import { type AnyMachineSnapshot, type AnyStateMachine, initialTransition, transition } from "xstate";
import type { StateValue } from "../../src/domain/machines/actor-state.ts";
import { outermost } from "../../src/domain/machines/actor-state.ts";
import type { Limits } from "../../src/domain/machines/limits.ts";

export const limits: Limits = {
  surfaceMs: 10_000,
  takeMs: 120_000,
  remindMs: 120_000,
  timeoutMs: 300_000,
  blindTimeoutMs: 1_800_000,
  toolMs: 900_000,
  holdMs: 3_600_000,
  graceMs: 60_000,
  retryMs: 30_000,
  maxAttempts: 3,
};

export interface Action {
  type: string;
  params: unknown;
}

export interface Run<Context> {
  value: StateValue;
  context: Context;
  /** Delay in ms by timer id. */
  timers: ReadonlyMap<string, number>;
  /** Of the last step. */
  actions: readonly Action[];
}

export const stateOf = (run: { value: StateValue }): string => outermost(run.value);

export function begin<Context>(machine: AnyStateMachine, input: object): Run<Context> {
  const [snapshot, actions] = initialTransition(machine, input);
  return runOf<Context>(snapshot, actions, new Map());
}

export function send<Context>(
  machine: AnyStateMachine,
  run: Run<Context>,
  message: { type: string },
): Run<Context> {
  const before = machine.resolveState({ value: run.value, context: run.context });
  const [snapshot, actions] = transition(machine, before, message);
  return runOf<Context>(snapshot, actions, run.timers);
}

/** The timer fires: it is gone, and its event is sent. XState gives both the same name. */
export function fire<Context>(
  machine: AnyStateMachine,
  run: Run<Context>,
  id: string,
  at: number,
): Run<Context> {
  const timers = new Map(run.timers);
  timers.delete(id);
  const message = { type: id, at };
  return send(machine, { ...run, timers }, message);
}

export const told = (run: { actions: readonly Action[] }, type: string): Action[] =>
  run.actions.filter((action) => action.type === type);

function runOf<Context>(
  snapshot: AnyMachineSnapshot,
  actions: readonly Action[],
  before: ReadonlyMap<string, number>,
): Run<Context> {
  const timers = new Map(before);
  for (const { type, params } of actions) {
    // XState types params as unknown; `xstate-timers.test.ts` holds these shapes fast.
    if (type === "xstate.cancel") timers.delete((params as { sendId: string }).sendId);
    if (type === "xstate.raise") {
      const { id, delay } = params as { id: string; delay: number };
      if (delay < Number.POSITIVE_INFINITY) timers.set(id, delay);
    }
  }
  // Through JSON, as the store does it.
  const { value, context } = JSON.parse(JSON.stringify({ value: snapshot.value, context: snapshot.context }));
  return { value, context, timers, actions };
}

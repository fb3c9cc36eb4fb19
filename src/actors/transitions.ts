/**
 * XState's `initialTransition` and `transition`, to the same result, without the actor that those start and throw away at
 * each call: that costs more than the step itself. A step of ours needs nobody to run it, so one for all is enough.
 */
import {
  type AnyActorScope,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  createActor,
  createMachine,
  type EventObject,
} from "xstate";

/** XState's actions as `transition` gives them back. */
export interface Action {
  type: string;
  params: unknown;
  info: { context: unknown };
}

type Transition = [after: AnyMachineSnapshot, actions: Action[]];

/** The machine's first snapshot, and what it does on the way there. Performs nothing. */
export function begin(machine: AnyStateMachine, input: unknown): Transition {
  const actions: Action[] = [];
  return [machine.getInitialSnapshot(scopeOf(actions), input), actions];
}

/** What the event makes of the snapshot. Performs nothing. */
export function advance(
  machine: AnyStateMachine,
  before: AnyMachineSnapshot,
  event: EventObject,
): Transition {
  const actions: Action[] = [];
  return [machine.transition(before, event, scopeOf(actions)), actions];
}

const nobody = createActor(createMachine({}));
const nothing = (): void => {};

function scopeOf(actions: Action[]): AnyActorScope {
  return {
    self: nobody,
    system: nobody.system,
    id: "",
    sessionId: "",
    logger: nothing,
    defer: nothing,
    emit: nothing,
    stopChild: nothing,
    actionExecutor: (action) => void actions.push(action),
  };
}

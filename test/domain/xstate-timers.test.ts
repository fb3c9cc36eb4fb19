/**
 * What XState's pure functions give back, on which the durable host relies. Not documented field by field: a new version
 * that changes it must fail here first.
 */
import { expect, test } from "vitest";
import { assign, initialTransition, setup, transition } from "xstate";

const machine = setup({
  types: {
    context: {} as { ms: number },
    events: {} as { type: "go" | "again" | "stay" | "tune"; ms?: number },
  },
  actions: { shout: (_, _params: { loud: boolean }) => {} },
  delays: { soon: ({ context }) => context.ms },
}).createMachine({
  id: "m",
  context: { ms: 10 },
  initial: "idle",
  states: {
    idle: { on: { go: "busy" } },
    busy: {
      entry: { type: "shout", params: { loud: true } },
      after: { soon: "idle", 99: "idle" },
      on: {
        again: { target: "busy", reenter: true },
        stay: "busy",
        tune: { actions: assign(({ event }) => ({ ms: event.ms ?? 0 })) },
      },
    },
  },
});

const SOON = "xstate.after.soon.m.busy";
const FIXED = "xstate.after.99.m.busy";
const plain = (actions: readonly { type: string; params: unknown }[]) =>
  actions.map(({ type, params }) => ({ type, params }));
const at = (value: string, ms = 10) => machine.resolveState({ value, context: { ms } });

test("entering a state gives its actions, then a delayed raise for each `after`", () => {
  const [snapshot, actions] = transition(machine, initialTransition(machine)[0], { type: "go" });
  expect(snapshot.value).toBe("busy");
  expect(plain(actions)).toEqual([
    { type: "shout", params: { loud: true } },
    { type: "xstate.raise", params: { event: { type: FIXED }, id: FIXED, delay: 99 } },
    { type: "xstate.raise", params: { event: { type: SOON }, id: SOON, delay: 10 } },
  ]);
});

test("leaving cancels each timer by its id, also the one that fired", () => {
  for (const message of [{ type: SOON }, { type: FIXED }]) {
    // A timer's event is the machine's own and not in its type.
    const [snapshot, actions] = transition(machine, at("busy"), message as never);
    expect(snapshot.value).toBe("idle");
    expect(plain(actions)).toEqual([
      { type: "xstate.cancel", params: { sendId: FIXED } },
      { type: "xstate.cancel", params: { sendId: SOON } },
    ]);
  }
});

test("re-entering cancels and raises anew, under the same id, in this order", () => {
  const [, actions] = transition(machine, at("busy", 20), { type: "again" });
  expect(actions.map(({ type, params }) => [type, params])).toEqual([
    ["xstate.cancel", { sendId: FIXED }],
    ["xstate.cancel", { sendId: SOON }],
    ["shout", { loud: true }],
    ["xstate.raise", { event: { type: FIXED }, id: FIXED, delay: 99 }],
    ["xstate.raise", { event: { type: SOON }, id: SOON, delay: 20 }],
  ]);
});

test("a state without children that targets itself without `reenter` leaves its timers alone", () => {
  const [, actions] = transition(machine, at("busy"), { type: "stay" });
  expect(actions.filter(({ type }) => type.startsWith("xstate."))).toEqual([]);
});

test("an assignment is in the snapshot, not among the actions, and moves no timer that runs", () => {
  const [snapshot, actions] = transition(machine, at("busy"), { type: "tune", ms: 77 });
  expect(snapshot.context.ms).toBe(77);
  expect(actions).toEqual([]);
});

test("what means nothing in a state gives no action and the same value", () => {
  const [snapshot, actions] = transition(machine, at("idle"), { type: "again" });
  expect(snapshot.value).toBe("idle");
  expect(actions).toEqual([]);
});

test("resolving a stored state sets no timer again", () => {
  const [, actions] = transition(machine, at("busy"), { type: "tune", ms: 1 });
  expect(actions).toEqual([]);
});

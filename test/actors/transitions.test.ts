import fc from "fast-check";
import { expect, test } from "vitest";
import { initialTransition, transition } from "xstate";
import { advance, begin } from "../../src/actors/transitions.ts";
import { type EventMessage, eventMachine } from "../../src/domain/machines/event.ts";
import { limits } from "../domain/machine-run.ts";

const at = 1_800_000_000_000;
const delivery = fc.integer({ min: 1, max: 2 });
const message: fc.Arbitrary<EventMessage> = fc.oneof(
  fc.constant<EventMessage>({ type: "claim", at, session: "s1", epoch: 1, hooks: true, limits }),
  delivery.map((of): EventMessage => ({ type: "surfaced", at, delivery: of, way: "channel" })),
  delivery.map((of): EventMessage => ({ type: "taken", at, delivery: of })),
  fc.tuple(delivery, fc.constantFrom("done", "failed", "retry")).map(
    ([of, outcome]): EventMessage => ({
      type: "ack",
      at,
      delivery: of,
      outcome,
      summary: "",
      retryAfterMs: null,
    }),
  ),
  fc.boolean().map((busy): EventMessage => ({ type: "life", at, busy, toolRunning: busy, hooks: true })),
  fc.boolean().map((holds): EventMessage => ({ type: "back", at, epoch: 2, holds, toolRunning: holds })),
  fc.constantFrom<EventMessage>({ type: "away", at }, { type: "leave", at }, { type: "interrupt", at }),
);

test("a step is what XState's own transition gives, snapshot and actions", () => {
  const input = { birth: "queued", reason: null, limits, delayMs: 0 } as const;
  const ours = begin(eventMachine, input);
  const theirs = initialTransition(eventMachine, input);
  expect(said(ours)).toEqual(said(theirs));
  fc.assert(
    fc.property(fc.array(message, { maxLength: 12 }), (messages) => {
      let [before] = theirs;
      for (const told of messages) {
        const next = transition(eventMachine, before, told);
        expect(said(advance(eventMachine, before, told))).toEqual(said(next));
        before = next[0];
      }
    }),
  );
});

/** Without what names the actor that ran it: that is nobody. */
function said([{ value, context }, actions]: readonly [
  { value: unknown; context: unknown },
  readonly { type: string; params: unknown; info: { context: unknown } }[],
]) {
  return {
    value,
    context,
    actions: actions.map(({ type, params, info }) => ({ type, params, context: info.context })),
  };
}

/** One event's life, told as stories: each is a promise of the machine that a sequence at random shows less clearly. */
import { expect, test } from "vitest";
import { type EventContext, type EventMessage, eventMachine } from "../../src/domain/machines/event.ts";
import { begin, fire, limits, type Run, send, stateOf, told } from "./machine-run.ts";

type EventRun = Run<EventContext>;

const born = (delayMs = 0): EventRun =>
  begin(eventMachine, { birth: "queued", reason: null, limits, delayMs });
const tell = (run: EventRun, message: EventMessage): EventRun => send(eventMachine, run, message);
const claim = (run: EventRun, hooks = true, maxAttempts = 3) =>
  tell(run, { type: "claim", at: 0, session: "s1", epoch: 1, hooks, limits: { ...limits, maxAttempts } });
const taken = (run: EventRun, at = 0) => tell(run, { type: "taken", at, delivery: run.context.delivery });
const ack = (run: EventRun, outcome: "done" | "failed" | "retry", delivery = run.context.delivery) =>
  tell(run, { type: "ack", at: 9, delivery, outcome, summary: "x", retryAfterMs: null });
const life = (run: EventRun, at: number, toolRunning = false) =>
  tell(run, { type: "life", at, busy: true, toolRunning, hooks: true });
const timer = (run: EventRun, delay: string): EventRun => {
  const id = [...run.timers.keys()].find((key) => key.startsWith(`xstate.after.${delay}.`));
  if (id === undefined) throw new Error(`no timer ${delay} among ${[...run.timers.keys()].join()}`);
  return fire(eventMachine, run, id, 1_000_000);
};
const statuses = (run: EventRun) => told(run, "confirm").map(({ params }) => params);

test("an acked event answers the same ack with repeated and another's with late", () => {
  const done = ack(taken(claim(born())), "done");
  expect([stateOf(done), statuses(done)]).toEqual(["acked", [{ status: "settled" }]]);
  expect(statuses(ack(done, "done", 1))).toEqual([{ status: "repeated" }]);
  expect(statuses(ack(done, "done", 2))).toEqual([{ status: "late" }]);
});

test("an event that timed out is still settled by its ack until somebody else claims it", () => {
  const back = timer(timer(taken(claim(born())), "remind"), "timeout");
  expect([stateOf(back), back.context.attempts]).toEqual(["returned", 1]);
  expect(stateOf(ack(back, "done"))).toBe("acked");
  const claimedAgain = claim(back);
  const late = ack(claimedAgain, "done", 1);
  expect([stateOf(late), statuses(late)]).toEqual(["dispatching", [{ status: "late" }]]);
});

test("a delivery that timed out and is then acked with retry costs one attempt, not two", () => {
  const back = timer(timer(taken(claim(born(), true, 2)), "remind"), "timeout");
  const retried = ack(back, "retry");
  expect([stateOf(retried), retried.context.attempts]).toEqual(["scheduled", 1]);
});

test("a session that surfaces nothing kills no event, however often", () => {
  let run = born();
  for (let i = 0; i < 10; i++) run = timer(claim(run), "surface");
  expect([stateOf(run), run.context.delivery, run.context.attempts, run.context.reason]).toEqual([
    "returned",
    10,
    0,
    "unseen",
  ]);
});

test("the last attempt that goes silent ends in the dead letters", () => {
  let run = born();
  for (let i = 0; i < 3; i++) run = timer(timer(taken(claim(run)), "remind"), "timeout");
  expect([stateOf(run), run.context.attempts, run.context.reason]).toEqual(["dead", 3, "timed_out"]);
});

test("a cancelled event leaves its session's hands free", () => {
  for (const held of [claim(born()), taken(claim(born()))]) {
    const cancelled = tell(held, { type: "cancel", at: 1 });
    expect([stateOf(cancelled), cancelled.context.claim]).toEqual(["cancelled", null]);
    expect(told(cancelled, "release")).toHaveLength(1);
    expect(told(cancelled, "recall").map(({ params }) => params)).toEqual([{ reason: "withdrawn" }]);
    expect(cancelled.timers.size).toBe(0);
  }
});

test("an ack from the queue's front frees no hands: they were freed when the event came back", () => {
  const back = tell(taken(claim(born())), { type: "leave", at: 1 });
  expect(told(back, "release")).toHaveLength(1);
  expect(told(ack(back, "done"), "release")).toHaveLength(0);
});

test("a tool call under way is life, but not for a turn that has died", () => {
  const working = life(taken(claim(born())), 1_000, true);
  expect([...working.timers]).toContainEqual([
    "xstate.after.occupation.event.delivered.attended.occupied",
    limits.toolMs,
  ]);
  const shown = tell(working, { type: "show", at: 2_000, epoch: 2, hooks: true, why: "cleared" });
  expect([stateOf(shown), shown.context.delivery, shown.context.again]).toEqual([
    "dispatching",
    1,
    "cleared",
  ]);
  const again = taken(shown, 3_000);
  expect([...again.timers.values()].sort()).toEqual([limits.remindMs, limits.holdMs].sort());
});

test("silence is reminded once, then the event goes back; without hooks it has longer", () => {
  const remindedWith = (hooks: boolean) => timer(taken(claim(born(), hooks)), "remind");
  expect(told(remindedWith(true), "remind")).toHaveLength(1);
  const timeoutOf = (run: EventRun) =>
    run.timers.get("xstate.after.timeout.event.delivered.attended.overdue");
  expect(timeoutOf(remindedWith(true))).toBe(limits.timeoutMs - limits.remindMs);
  expect(timeoutOf(remindedWith(false))).toBe(limits.blindTimeoutMs - limits.remindMs);
});

test("signs of life never extend the longest hold", () => {
  const run = life(life(taken(claim(born())), 1_000, true), 2_000);
  expect(told(run, "xstate.cancel").map(({ params }) => params)).not.toContainEqual({
    sendId: "xstate.after.hold.event.delivered.attended",
  });
  const back = timer(run, "hold");
  expect([stateOf(back), back.context.reason, back.context.attempts]).toEqual([
    "returned",
    "held_too_long",
    1,
  ]);
});

test("the longest hold is counted from the delivery, also by who was away meanwhile", () => {
  const away = tell(taken(claim(born()), 1_000), { type: "away", at: 1_000_000 });
  expect(away.timers.has("xstate.after.hold.event.delivered.attended")).toBe(false);
  const holdOf = (at: number) =>
    tell(away, { type: "back", at, epoch: 2, holds: true, toolRunning: false }).timers.get(
      "xstate.after.hold.event.delivered.attended",
    );
  expect(holdOf(1_010_000)).toBe(limits.holdMs - 1_009_000);
  expect(holdOf(limits.holdMs + 2_000)).toBe(0);
});

test("a link that comes back in time leaves the event where it was and shows nothing again", () => {
  const away = tell(taken(claim(born())), { type: "away", at: 5 });
  expect(away.context.claim?.graceUntil).toBe(5 + limits.graceMs);
  const back = tell(away, { type: "back", at: 6, epoch: 2, holds: true, toolRunning: false });
  expect([stateOf(back), back.context.claim?.epoch, back.context.claim?.graceUntil]).toEqual([
    "delivered",
    2,
    null,
  ]);
  expect(told(back, "deliver")).toHaveLength(0);
  expect(
    told(tell(away, { type: "back", at: 6, epoch: 2, holds: false, toolRunning: false }), "deliver"),
  ).toHaveLength(1);
});

test("grace that passes gives the event back without costing an attempt", () => {
  const gone = timer(tell(taken(claim(born())), { type: "away", at: 5 }), "grace");
  expect([stateOf(gone), gone.context.reason, gone.context.attempts]).toEqual(["returned", "away", 0]);
});

test("an event that is interrupted is kept for its session, with what is known of the work on it", () => {
  const working = tell(taken(claim(born()), 1_000), {
    type: "extend",
    at: 2_000,
    delivery: 1,
    ms: 9,
    waitingFor: "CI",
  });
  const stopped = tell(working, { type: "interrupt", at: 61_000 });
  expect([stateOf(stopped), stopped.context.keptFor, stopped.context.attempts]).toEqual([
    "interrupted",
    "s1",
    0,
  ]);
  expect(stopped.context.stopped).toEqual({ workedMs: 60_000, waitingFor: "CI" });
  expect(told(stopped, "recall").map(({ params }) => params)).toEqual([{ reason: "interrupted" }]);
  const again = taken(claim(stopped), 70_000);
  expect([again.context.keptFor, again.context.delivery]).toEqual([null, 2]);
  // Work counts on, whoever had it.
  expect(tell(again, { type: "interrupt", at: 80_000 }).context.stopped).toEqual({
    workedMs: 70_000,
    waitingFor: null,
  });
  expect(stateOf(ack(stopped, "done"))).toBe("acked");
});

test("what is kept for too long is offered to anybody", () => {
  const stopped = tell(taken(claim(born())), { type: "interrupt", at: 1 });
  const free = timer(stopped, "keep");
  expect([stateOf(free), free.context.keptFor, told(free, "offer").length, free.timers.size]).toEqual([
    "interrupted",
    null,
    1,
    0,
  ]);
});

test("an interrupt that enters a running turn has time until that turn's next tool call", () => {
  const entering = (busy: boolean) =>
    tell(born(), { type: "claim", at: 0, session: "s1", epoch: 1, hooks: true, busy, limits });
  expect([...entering(false).timers.values()]).toEqual([limits.surfaceMs]);
  expect([...entering(true).timers.values()]).toEqual([limits.toolMs]);
  const back = { type: "back", at: 9, epoch: 2, holds: true, toolRunning: true } as const;
  const away = tell(entering(true), { type: "away", at: 5 });
  expect([...tell(away, { ...back, busy: true }).timers.values()]).toEqual([limits.toolMs]);
  expect([...tell(away, { ...back, busy: false }).timers.values()]).toEqual([limits.surfaceMs]);
});

test("a delayed event waits for its time and then stands in its lane", () => {
  const waiting = born(5_000);
  expect([stateOf(waiting), [...waiting.timers.values()]]).toEqual(["scheduled", [5_000]]);
  const due = timer(waiting, "retry");
  expect([stateOf(due), due.timers.size, told(due, "offer").length]).toEqual(["queued", 0, 1]);
});

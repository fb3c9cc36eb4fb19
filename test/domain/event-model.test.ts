/**
 * The event's machine against its promises: any sequence of messages and timers, in any order, and what must hold after
 * each step (promises 2, 4, 5, 7, 11, 13, 14).
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { EVENT_STATES, type EventState } from "../../src/domain/event.ts";
import { EventContext, type EventMessage, eventMachine } from "../../src/domain/machines/event.ts";
import { AGAIN, OUTCOMES, WAYS } from "../../src/domain/machines/event-words.ts";
import { begin, fire, limits, type Run, send, stateOf, told } from "./machine-run.ts";

/** A step: a message whose `delivery` is told relative to the last one, or the firing of one of the timers that run. */
type Move = { kind: "tell"; message: EventMessage; deliveryBack: number } | { kind: "fire"; which: number };

const at = fc.integer({ min: 0, max: 5_000_000 });
const delivery = fc.constant(0);
const text = fc.constantFrom("x", "fixed it");

const message: fc.Arbitrary<EventMessage> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant("claim" as const),
      at,
      session: fc.constantFrom("s1", "s2"),
      epoch: fc.integer({ min: 1, max: 9 }),
      hooks: fc.boolean(),
      busy: fc.boolean(),
      limits: fc.constant(limits),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("surfaced" as const),
      at,
      delivery,
      way: fc.constantFrom(...WAYS),
    }),
  },
  { weight: 4, arbitrary: fc.record({ type: fc.constant("taken" as const), at, delivery }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant("ack" as const),
      at,
      delivery,
      outcome: fc.constantFrom(...OUTCOMES),
      summary: text,
      retryAfterMs: fc.constantFrom(null, 0, 5_000),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("life" as const),
      hooks: fc.boolean(),
      at,
      busy: fc.boolean(),
      toolRunning: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("extend" as const),
      at,
      delivery,
      ms: fc.constantFrom(0, 600_000),
      waitingFor: fc.constantFrom(null, "CI"),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("away" as const), at }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("back" as const),
      at,
      epoch: fc.integer({ min: 1, max: 9 }),
      holds: fc.boolean(),
      toolRunning: fc.boolean(),
      busy: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("show" as const),
      at,
      epoch: fc.integer({ min: 1, max: 9 }),
      hooks: fc.boolean(),
      why: fc.constantFrom(...AGAIN),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("leave" as const), at }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("interrupt" as const), at }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("cancel" as const), at }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant("supersede" as const), at, by: fc.constant("evt_y") }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("lapse" as const), at }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("unreadable" as const), at, delivery }) },
);

const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("tell" as const),
      message,
      deliveryBack: fc.constantFrom(0, 0, 0, 1, 2),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("fire" as const), which: fc.nat(5) }) },
);

/** Ends come early in sequences at random, so some begin where an event is in somebody's hands. */
const opening: Move[] = [
  {
    kind: "tell",
    message: { type: "claim", at: 0, session: "s1", epoch: 1, hooks: true, limits },
    deliveryBack: 0,
  },
  { kind: "tell", message: { type: "taken", at: 1, delivery: 0 }, deliveryBack: 0 },
];
const moves: fc.Arbitrary<Move[]> = fc
  .tuple(fc.constantFrom(0, 1, 2), fc.array(move, { maxLength: 60, size: "max" }))
  .map(([opened, rest]) => [...opening.slice(0, opened), ...rest]);

const input = fc.record({
  birth: fc.constantFrom("queued" as const, "queued" as const, "queued" as const, "dropped" as const),
  reason: fc.constant(null),
  limits: fc.constant(limits),
  delayMs: fc.constantFrom(0, 0, 5_000),
});

const HELD: readonly string[] = ["dispatching", "delivered"];
const ENDS: readonly string[] = ["acked", "dead", "cancelled", "superseded", "lapsed", "dropped"];
const ACK_COUNTS: readonly string[] = ["dispatching", "delivered", "returned", "interrupted"];

/** The timers that each state must have: without one the event could stay there forever (promises 7, 14). */
const DEADLINES: Readonly<Record<string, readonly string[]>> = {
  scheduled: ["xstate.after.retry.event.scheduled"],
  "dispatching.attended.surfacing": ["xstate.after.surface.event.dispatching.attended.surfacing"],
  "dispatching.attended.postponed": ["xstate.after.tool.event.dispatching.attended.postponed"],
  "dispatching.attended.taking": ["xstate.after.take.event.dispatching.attended.taking"],
  "dispatching.away": ["xstate.after.grace.event.dispatching.away"],
  "delivered.attended.quiet": [
    "xstate.after.hold.event.delivered.attended",
    "xstate.after.remind.event.delivered.attended.quiet",
  ],
  "delivered.attended.overdue": [
    "xstate.after.hold.event.delivered.attended",
    "xstate.after.timeout.event.delivered.attended.overdue",
  ],
  "delivered.attended.occupied": [
    "xstate.after.hold.event.delivered.attended",
    "xstate.after.occupation.event.delivered.attended.occupied",
  ],
  "interrupted.kept": ["xstate.after.keep.event.interrupted.kept"],
  "interrupted.free": [],
  // The longest hold is not over before the grace is.
  "delivered.away": ["xstate.after.grace.event.delivered.away"],
};

type EventRun = Run<EventContext>;

function leaf(value: EventRun["value"]): string {
  if (typeof value === "string") return value;
  return Object.entries(value)
    .map(([name, inner]) => (inner === undefined ? name : `${name}.${leaf(inner)}`))
    .join();
}

function take(
  run: EventRun,
  step: Move,
): { next: EventRun; message: { type: string; delivery?: number; outcome?: string } } | null {
  if (step.kind === "tell") {
    const { message } = step;
    const aimed =
      "delivery" in message ? { ...message, delivery: run.context.delivery - step.deliveryBack } : message;
    return { next: send(eventMachine, run, aimed), message: aimed };
  }
  const ids = [...run.timers.keys()];
  const id = ids[step.which % Math.max(1, ids.length)];
  return id === undefined ? null : { next: fire(eventMachine, run, id, 6_000_000), message: { type: id } };
}

function holdsAlways(run: EventRun): void {
  const state = stateOf(run);
  expect(EVENT_STATES).toContain(state as EventState);
  expect(EventContext.parse(run.context)).toEqual(run.context);
  expect(run.context.claim !== null, `a claim in ${state}`).toBe(HELD.includes(state));
  if (run.context.claim !== null) expect(run.context.claim.delivery).toBe(run.context.delivery);
  // `away` of either parent.
  expect(run.context.claim?.graceUntil != null, `grace in ${leaf(run.value)}`).toBe(
    leaf(run.value).endsWith(".away"),
  );
  expect(run.context.attempts).toBeLessThanOrEqual(limits.maxAttempts);
  expect(run.context.attempts).toBeLessThanOrEqual(run.context.delivery);
  expect([...run.timers.keys()].sort()).toEqual([...(DEADLINES[leaf(run.value)] ?? [])].sort());
  for (const delay of run.timers.values()) expect(delay).toBeGreaterThanOrEqual(0);
}

function holdsOfStep(
  before: EventRun,
  after: EventRun,
  message: { type: string; delivery?: number; outcome?: string },
): void {
  const [was, is] = [stateOf(before), stateOf(after)];
  // Ends are never left, and nothing but the count of late acks changes there.
  if (ENDS.includes(was)) {
    expect(after.value).toEqual(before.value);
    expect({ ...after.context, lateAcks: 0 }).toEqual({ ...before.context, lateAcks: 0 });
  }
  // A delivery is made by a claim alone.
  const claimed = message.type === "claim" && ["queued", "interrupted", "returned"].includes(was);
  expect(after.context.delivery).toBe(before.context.delivery + (claimed ? 1 : 0));
  // Hands are freed exactly when a claim goes.
  const dropped = before.context.claim !== null && after.context.claim === null;
  expect(told(after, "release"), `release from ${was} to ${is}`).toHaveLength(dropped ? 1 : 0);
  // What may be claimed is offered: when it comes to that, and when it is no longer kept for a session.
  const letGo = message.type.startsWith("xstate.after.keep.");
  expect(told(after, "offer")).toHaveLength(
    (["queued", "returned", "interrupted"].includes(is) && was !== is) || letGo ? 1 : 0,
  );
  // It is kept for the session in whose hands it was interrupted, until it is claimed, settled, or has waited for too long.
  const stopped = is === "interrupted" && was !== is;
  const acked = told(after, "confirm").some(
    ({ params }) => (params as { status: string }).status === "settled",
  );
  const free = letGo || acked || is === "dispatching" || is === "delivered";
  const kept = stopped ? before.context.claim?.session : free ? null : before.context.keptFor;
  expect(after.context.keptFor, `kept from ${was} to ${is}`).toBe(kept);
  // Attempts: one at most, and only by a timeout of what was delivered or by an ack that says so.
  const timedOut = was === "delivered" && /^xstate\.after\.(timeout|hold)\./.test(message.type);
  const refused =
    message.type === "ack" &&
    after.context.settledAt !== before.context.settledAt &&
    message.outcome !== "done";
  const settled = told(after, "confirm").some(
    ({ params }) => (params as { status: string }).status === "settled",
  );
  if (timedOut) expect(after.context.attempts).toBe(before.context.attempts + 1);
  else if (!(settled && message.outcome !== "done"))
    expect(after.context.attempts).toBe(before.context.attempts);
  if (refused) expect(settled).toBe(true);
  if (told(after, "miss").length > 0) expect([is, after.context.reason]).toEqual(["returned", "unseen"]);
  // The dead letters are for what failed, used up its attempts, or can't be shown to anybody.
  if (is === "dead" && was !== "dead") {
    const unreadable = message.type === "unreadable" && after.context.reason === "unreadable";
    const exhausted = after.context.attempts === limits.maxAttempts;
    expect(unreadable || message.outcome === "failed" || exhausted).toBe(true);
  }
  if (message.type === "ack") holdsOfAck(before, after, message, was, is);
  else expect(told(after, "confirm")).toEqual([]);
}

function holdsOfAck(
  before: EventRun,
  after: EventRun,
  ack: { delivery?: number; outcome?: string },
  was: string,
  is: string,
): void {
  const [confirm, ...others] = told(after, "confirm");
  expect(others).toEqual([]);
  const counts = ACK_COUNTS.includes(was) && ack.delivery === before.context.delivery;
  const repeated = !counts && ack.delivery === before.context.settledDelivery;
  expect(confirm?.params).toEqual({ status: counts ? "settled" : repeated ? "repeated" : "late" });
  if (counts) {
    expect(is).toBe(ack.outcome === "done" ? "acked" : is === "dead" ? "dead" : "scheduled");
    expect(after.context.settledDelivery).toBe(ack.delivery);
    return;
  }
  expect(after.value).toEqual(before.value);
  expect(after.timers).toEqual(before.timers);
  const { lateAcks } = before.context;
  expect(after.context).toEqual({ ...before.context, lateAcks: repeated ? lateAcks : lateAcks + 1 });
}

/** Deliveries whose end has been counted as an attempt: none may be counted twice. */
function counted(before: EventRun, after: EventRun, sofar: Map<number, number>): void {
  if (after.context.attempts === before.context.attempts) return;
  const { delivery } = before.context;
  sofar.set(delivery, (sofar.get(delivery) ?? 0) + 1);
  expect(sofar.get(delivery), `attempts counted for delivery ${delivery}`).toBe(1);
}

test("whatever is told to an event in whatever order, its invariants hold", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(input, moves, (birth, steps) => {
      let run: EventRun = begin(eventMachine, birth);
      holdsAlways(run);
      const attempts = new Map<number, number>();
      for (const step of steps) {
        const taken = take(run, step);
        if (taken === null) continue;
        holdsAlways(taken.next);
        holdsOfStep(run, taken.next, taken.message);
        counted(run, taken.next, attempts);
        if (taken.next.context.outcome === "failed") {
          expect(attempts.has(taken.next.context.delivery), "a failed delivery is an attempt").toBe(true);
        }
        run = taken.next;
        seen.add(leaf(run.value));
      }
    }),
    { numRuns: 800 },
  );
  // The sequences reach every state, or the test proves less than it says.
  const whole = EVENT_STATES.filter((name) => ![...HELD, "interrupted"].includes(name));
  for (const state of [...whole, ...Object.keys(DEADLINES)]) {
    expect(seen, `no run came to ${state}`).toContain(state);
  }
});

test("a delivery that is acked is settled once, however often its ack comes", () => {
  fc.assert(
    fc.property(input, moves, (birth, steps) => {
      let run: EventRun = begin(eventMachine, birth);
      const settled: (number | null)[] = [];
      for (const step of steps) {
        const taken = take(run, step);
        if (taken === null) continue;
        run = taken.next;
        const statuses = told(run, "confirm").map(({ params }) => (params as { status: string }).status);
        if (statuses.includes("settled")) settled.push(run.context.settledDelivery);
      }
      expect(new Set(settled).size).toBe(settled.length);
    }),
  );
});

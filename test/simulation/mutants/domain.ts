/** The machines, the order, and what Claude reads. */
import type { Mutant } from "./mutant.ts";

const EVENT = "src/domain/machines/event.ts";
const CONDITIONS = "src/domain/machines/event-conditions.ts";
const TRANSITIONS = "src/domain/machines/event-transitions.ts";
const CHANGES = "src/domain/machines/event-changes.ts";

export const DOMAIN: readonly Mutant[] = [
  {
    name: "an ack of any delivery counts",
    breaks: 4,
    file: CONDITIONS,
    find: 'event.type === "ack" && event.delivery === context.delivery && event.outcome === "done",',
    replace: 'event.type === "ack" && event.outcome === "done",',
  },
  {
    name: "a timeout counts as an ack",
    breaks: 4,
    file: TRANSITIONS,
    find: '{ guard: "attemptsLeft", target: "#event.returned", actions },',
    replace: '{ guard: "attemptsLeft", target: "#event.acked", actions },',
  },
  {
    name: "an ack puts the event back",
    breaks: 4,
    file: TRANSITIONS,
    find: '{ guard: "isDone", target: "#event.acked",',
    replace: '{ guard: "isDone", target: "#event.returned",',
  },
  {
    name: "a done event may be claimed again",
    breaks: 7,
    file: "src/domain/event.ts",
    find: '["queued", "interrupted", "returned"]',
    replace: '["queued", "interrupted", "returned", "acked"]',
  },
  {
    name: "grace is cut short",
    breaks: 5,
    file: CONDITIONS,
    find: "grace: ({ context }: Step) => context.limits.graceMs,",
    replace: "grace: ({ context }: Step) => context.limits.graceMs / 3,",
  },
  {
    name: "grace never ends",
    breaks: 7,
    file: CONDITIONS,
    find: "grace: ({ context }: Step) => context.limits.graceMs,",
    replace: "grace: ({ context }: Step) => context.limits.graceMs * 10,",
  },
  {
    name: "silence is never noticed",
    breaks: 7,
    file: EVENT,
    find: 'overdue: { entry: "remind", after: { timeout: giveBack("timed_out") } },',
    replace: 'overdue: { entry: "remind" },',
  },
  {
    name: "an event that nobody takes stays",
    breaks: 7,
    file: EVENT,
    find: 'taking: { after: { take: unseen("take") } },',
    replace: "taking: {},",
  },
  {
    name: "what nobody saw costs an attempt",
    breaks: 13,
    file: TRANSITIONS,
    find: '{ type: "because", params: { reason: "unseen" } },',
    replace: '"countAttempt", { type: "because", params: { reason: "unseen" } },',
  },
  {
    name: "silence is measured too short",
    breaks: 14,
    file: CONDITIONS,
    find: "(context.claim?.hooks === true ? context.limits.timeoutMs : context.limits.blindTimeoutMs) -",
    replace: "context.limits.remindMs + 10_000 -",
  },
  {
    name: "the first timeout is the last",
    breaks: 14,
    file: CONDITIONS,
    find: "attemptsLeft: ({ context }: Step) => attemptsAfter(context) < context.limits.maxAttempts,",
    replace: "attemptsLeft: () => false,",
  },
  {
    name: "a tool call under way is silence",
    breaks: 14,
    file: CHANGES,
    find: "toolUntil: event.toolRunning ? event.at + context.limits.toolMs : 0,",
    replace: "toolUntil: 0,",
  },
  {
    name: "a claim is not let go",
    breaks: 11,
    file: CHANGES,
    find: "return { claim: null, again: null, waitingFor: null };",
    replace: "return { again: null, waitingFor: null };",
  },
  {
    name: "each claim has the same number",
    breaks: 2,
    file: CHANGES,
    find: "const delivery = context.delivery + 1;",
    replace: "const delivery = 1;",
  },
  {
    name: "what comes back stands at the end",
    breaks: 3,
    file: "src/domain/order.ts",
    find: 'return comesBack && priority !== "interrupt" ? "resumed" : priority;',
    replace: 'return comesBack && priority !== "interrupt" ? "normal" : priority;',
  },
  {
    name: "what is urgent waits like the rest",
    breaks: 3,
    file: "src/domain/order.ts",
    find: 'return comesBack && priority !== "interrupt" ? "resumed" : priority;',
    replace: 'return comesBack && priority !== "interrupt" ? "resumed" : "normal";',
  },
  {
    name: "a second delivery does not say so",
    breaks: 5,
    file: "src/domain/reading/redelivery.ts",
    find: "if (delivery <= 1) return",
    replace: "if (delivery <= 99) return",
  },
  {
    name: "payloads are shown as they are",
    breaks: 12,
    file: "src/domain/reading/render.ts",
    find: "const text = shown(content.payload, content.contentType);",
    replace: "const text = content.payload;",
  },
  {
    name: "a miss makes nobody deaf",
    breaks: 13,
    file: "src/domain/machines/session.ts",
    find: 'event.type === "miss" && (event.kind',
    replace: 'event.type === "miss" && event.at < 0 && (event.kind',
  },
];

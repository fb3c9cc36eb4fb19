/** The ways that lead out of the states of an event, by what happens to it; `event.ts` says which state has which. */

/** An ack counts if it names the last delivery; a second copy is told so; anything else came too late (promise 4). */
export const strayAck = [
  { guard: "isRepeated", actions: [{ type: "confirm", params: { status: "repeated" } }] },
  { actions: ["countLate", { type: "confirm", params: { status: "late" } }] },
] as const;

const settled = { type: "confirm", params: { status: "settled" } } as const;

/** Counts before it settles: `settle` writes the reason that tells whether the delivery has been counted. */
const ackWith = <const Hands extends readonly ("release" | "forget")[]>(hands: Hands) =>
  [
    { guard: "isDone", target: "#event.acked", actions: ["settle", settled, ...hands] },
    { guard: "isRetry", target: "#event.scheduled", actions: ["countAttempt", "settle", settled, ...hands] },
    { guard: "isFailure", target: "#event.dead", actions: ["countAttempt", "settle", settled, ...hands] },
    ...strayAck,
  ] as const;

export const ackOfHolder = ackWith(["release", "forget"]);

/** It came back and nobody has claimed it since: its last delivery's ack counts, but no hands are to be freed. */
export const ackOfLast = ackWith([]);

/** Attempts count only what was delivered; the last one ends in the dead letters (promise 14). */
export const giveBack = (reason: string) => {
  const actions = [
    "countAttempt",
    "countTimeout",
    { type: "because", params: { reason } },
    { type: "recall", params: { reason: "timed_out" } },
    "release",
    "forget",
  ] as const;
  return [
    { guard: "attemptsLeft", target: "#event.returned", actions },
    { target: "#event.dead", actions: [...actions, "noteEnd"] },
  ] as const;
};

/** Its plugin says that the session did not answer in time: a silence, whatever words it comes in (promise 14). */
const [mayComeBack, isOver] = giveBack("timed_out");
export const silent = [
  { ...mayComeBack, guard: "isSilentWithAttempts" },
  { ...isOver, guard: "isLast" },
] as const;

/** What nobody saw costs an event none of its attempts (promise 13). */
export const unseen = (kind: "surface" | "take") =>
  ({
    target: "#event.returned",
    actions: [
      { type: "because", params: { reason: "unseen" } },
      { type: "recall", params: { reason: "withdrawn" } },
      { type: "miss", params: { kind } },
      "release",
      "forget",
    ],
  }) as const;

export const graceOver = {
  target: "#event.returned",
  actions: [{ type: "because", params: { reason: "away" } }, "release", "forget"],
} as const;

export const leave = {
  target: "#event.returned",
  actions: [{ type: "because", params: { reason: "left" } }, "release", "forget"],
} as const;

/** No session can be shown it; at the head of its lane it would hold up all that is behind it (promise 14). */
export const unreadable = {
  guard: "isLast",
  target: "#event.dead",
  actions: [{ type: "because", params: { reason: "unreadable" } }, "release", "forget", "noteEnd"],
} as const;

/** Something more urgent takes its place. The session that it is taken from is the one that gets it back. */
export const interrupt = (worked: boolean) =>
  ({
    target: "#event.interrupted",
    actions: [
      { type: "because", params: { reason: "interrupted" } },
      { type: "recall", params: { reason: "interrupted" } },
      { type: "keep", params: { worked } },
      "release",
      "forget",
    ],
  }) as const;

/** The turn that had it died: the same delivery is shown again (promise 5). */
export const show = {
  guard: "isShown",
  target: "#event.dispatching",
  reenter: true,
  actions: ["showAgain", "deliver"],
} as const;

const lapse = {
  target: "#event.lapsed",
  actions: [{ type: "because", params: { reason: "expired" } }, "noteEnd"],
} as const;

export const endEarly = {
  cancel: { target: "#event.cancelled", actions: ["noteEnd"] },
  supersede: { target: "#event.superseded", actions: ["supersede", "noteEnd"] },
  lapse,
} as const;

/** Whoever would take what nobody wants any more finds it gone, however late its timer. */
export const claim = [
  { guard: "isExpired", ...lapse },
  { target: "#event.dispatching", actions: ["takeClaim", "deliver"] },
] as const;

/** In nobody's hands: there it may end by its time. What is in hand is not taken away. */
export const expires = { expiry: lapse } as const;

/** Out of the session's hands first, or it could never be given another event. */
export const cancelHeld = {
  target: "#event.cancelled",
  actions: [{ type: "recall", params: { reason: "withdrawn" } }, "release", "forget", "noteEnd"],
} as const;

/** Nothing leads out of an end; what is remembered of it may still change. */
export const ended = { ack: strayAck, empty: { guard: "isFull", actions: "empty" } } as const;

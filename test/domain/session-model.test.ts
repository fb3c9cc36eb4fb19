/** The session's machine: any sequence of what can be told to it, and what must hold after each step (promises 5, 11, 13). */
import fc from "fast-check";
import { expect, test } from "vitest";
import { SessionContext, type SessionMessage, sessionMachine } from "../../src/domain/machines/session.ts";
import { SESSION_STATES } from "../../src/domain/session.ts";
import { begin, fire, type Run, send, stateOf, told } from "./machine-run.ts";

const GRACE = "xstate.after.grace.session.away";

const face = (instance: string) => ({
  lane: "tag:deploys",
  instance,
  client: "claude-code",
  project: "shop",
  entrypoint: "cli",
  pluginVersion: "0.1.0",
  messaging: true,
  graceMs: 60_000,
});

const at = fc.nat(1_000_000);
const message: fc.Arbitrary<SessionMessage | "grace"> = fc.oneof(
  fc
    .record({ at, instance: fc.constantFrom("i1", "i2") })
    .map(({ at, instance }) => ({ type: "connect" as const, at, ...face(instance) })),
  at.map((at) => ({ type: "lost" as const, at })),
  at.map((at) => ({ type: "life" as const, at })),
  at.map((at) => ({ type: "seen" as const, at })),
  fc.record({
    type: fc.constant("miss" as const),
    at,
    kind: fc.constantFrom("surface" as const, "take" as const),
    hooks: fc.boolean(),
  }),
  fc.constant("grace" as const),
);

type SessionRun = Run<SessionContext>;
const born = (): SessionRun => begin(sessionMachine, { ...face("i1"), at: 0 });

function take(run: SessionRun, move: SessionMessage | "grace"): SessionRun {
  if (move !== "grace") return send(sessionMachine, run, move);
  return run.timers.has(GRACE) ? fire(sessionMachine, run, GRACE, 0) : { ...run, actions: [] };
}

test("whatever is told to a session in whatever order, its invariants hold", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.array(message, { maxLength: 60 }), (moves) => {
      let run = born();
      for (const move of moves) {
        const before = run;
        run = take(run, move);
        const [was, is] = [stateOf(before), stateOf(run)];
        seen.add(is);
        expect(SESSION_STATES).toContain(is as (typeof SESSION_STATES)[number]);
        expect(SessionContext.parse(run.context)).toEqual(run.context);
        // Only a broken link has a timer, and it always has one.
        expect([...run.timers]).toEqual(is === "away" ? [[GRACE, 60_000]] : []);
        const connects = move !== "grace" && move.type === "connect";
        expect(run.context.epoch).toBe(before.context.epoch + (connects ? 1 : 0));
        if (is === "deaf") expect(run.context.deafSince).not.toBeNull();
        if (is === "online") expect(run.context.deafSince).toBeNull();
        expect(run.context.misses).toBeLessThanOrEqual(3);
        // Nothing but a connection brings back what is away or gone.
        if ((was === "away" || was === "gone") && !connects) expect(["away", "gone"]).toContain(is);
        expect(told(run, "deafen")).toHaveLength(is === "deaf" && (was !== "deaf" || connects) ? 1 : 0);
        if (is === "online" && was !== "online") expect(told(run, "able")).toHaveLength(1);
        const vacates = connects || (is === "gone" && was !== "gone");
        expect(told(run, "vacate")).toHaveLength(vacates ? 1 : 0);
      }
    }),
    { numRuns: 2_000 },
  );
  expect([...seen].sort()).toEqual([...SESSION_STATES].sort());
});

const tell = (run: SessionRun, ...messages: SessionMessage[]) =>
  messages.reduce((now, next) => send(sessionMachine, now, next), run);
const missed = (kind: "surface" | "take", hooks: boolean): SessionMessage => ({
  type: "miss",
  at: 7,
  kind,
  hooks,
});

test("three wakes in a row that nobody followed make a session deaf, one in between that was followed does not count", () => {
  const miss = missed("take", true);
  expect(stateOf(tell(born(), miss, miss))).toBe("online");
  expect(stateOf(tell(born(), miss, miss, miss))).toBe("deaf");
  expect(stateOf(tell(born(), miss, miss, { type: "seen", at: 8 }, miss, miss))).toBe("online");
});

test("one miss is enough where there are no hooks, or where the receipt itself did not come", () => {
  expect(stateOf(tell(born(), missed("take", false)))).toBe("deaf");
  expect(stateOf(tell(born(), missed("surface", true)))).toBe("deaf");
});

test("a deaf session stays deaf when the same process reconnects, and hears again at a sign of life or as a new process", () => {
  const deaf = tell(born(), missed("surface", true));
  const connect = (instance: string): SessionMessage => ({ type: "connect", at: 9, ...face(instance) });
  expect(stateOf(tell(deaf, { type: "lost", at: 8 }, connect("i1")))).toBe("deaf");
  expect(stateOf(tell(deaf, { type: "lost", at: 8 }, connect("i2")))).toBe("online");
  expect(stateOf(tell(deaf, { type: "life", at: 8 }))).toBe("online");
});

test("a session that is gone comes back when it connects", () => {
  const gone = take(tell(born(), { type: "lost", at: 1 }), "grace");
  expect(stateOf(gone)).toBe("gone");
  expect(stateOf(tell(gone, { type: "connect", at: 9, ...face("i1") }))).toBe("online");
});

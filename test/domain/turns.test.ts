/** Round robin: any coming and going of any sources, and what must hold of who leaves (promise 3). */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  advanced,
  BEGINNING,
  compareTurns,
  PEOPLE,
  type Rotation,
  searches,
  turnOf,
} from "../../src/domain/turns.ts";

const facts = { origin: "webhook" as const, sourceId: "src_1", from: "github" };

test("each source has a turn of its own, and so has each cron, each lane that sends messages, and all people together", () => {
  expect(turnOf(facts)).toBe("webhook src_1");
  expect(turnOf({ ...facts, sourceId: null })).toBe("webhook github");
  expect(turnOf({ origin: "cron", sourceId: "cron_1", from: "daily" })).toBe("cron cron_1");
  expect(turnOf({ origin: "message", sourceId: null, from: "deploys" })).toBe("message deploys");
  expect(turnOf({ origin: "chat", sourceId: "src_2", from: "ann" })).toBe(PEOPLE);
  expect(turnOf({ origin: "chat", sourceId: null, from: "bob" })).toBe(PEOPLE);
});

/** As a store finds it: the first name from there on. */
function found(waiting: ReadonlySet<string>, rotation: Rotation): string | null {
  for (const from of searches(rotation)) {
    const [first] = [...waiting].filter((turn) => turn >= from).sort();
    if (first !== undefined && (first === PEOPLE) === (from === PEOPLE)) return first;
  }
  return null;
}

type Move = { kind: "comes"; turn: string } | { kind: "leaves" } | { kind: "restart" };

const NAMES = ["cron c", "message deploys", "webhook a", "webhook b", "webhook bb", PEOPLE];
const turn = fc.constantFrom(...NAMES);
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 5, arbitrary: turn.map((turn): Move => ({ kind: "comes", turn })) },
  { weight: 6, arbitrary: fc.constant<Move>({ kind: "leaves" }) },
  { weight: 1, arbitrary: fc.constant<Move>({ kind: "restart" }) },
);

describe("whatever comes in whatever order", () => {
  test("no source with something waiting is passed over twice by another, and people by no more than one event", () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 80 }), (moves) => {
        const waiting = new Map<string, number>();
        const passed = new Map<string, string[]>();
        let rotation = BEGINNING;
        for (const move of moves) {
          if (move.kind === "restart") {
            rotation = BEGINNING;
            passed.clear();
          } else if (move.kind === "comes") {
            waiting.set(move.turn, (waiting.get(move.turn) ?? 0) + 1);
          } else {
            const next = found(new Set(waiting.keys()), rotation);
            if (next === null) {
              expect(waiting.size).toBe(0);
              continue;
            }
            rotation = advanced(rotation, next);
            const left = (waiting.get(next) ?? 0) - 1;
            if (left === 0) waiting.delete(next);
            else waiting.set(next, left);
            passed.delete(next);
            for (const other of waiting.keys()) {
              if (other !== next) passed.set(other, [...(passed.get(other) ?? []), next]);
            }
            for (const other of passed.keys()) if (!waiting.has(other)) passed.delete(other);
            for (const [other, by] of passed) {
              const others = by.filter((turn) => turn !== PEOPLE);
              expect(new Set(others).size, `${other} was passed by ${by}`).toBe(others.length);
              if (other === PEOPLE) expect(by.length).toBeLessThanOrEqual(1);
            }
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test("what a store finds by name is what comes first by comparison", () => {
    const rotation = fc.record({ last: fc.constantFrom("", ...NAMES.slice(0, -1)), person: fc.boolean() });
    fc.assert(
      fc.property(fc.uniqueArray(turn, { minLength: 1 }), rotation, (turns, rotation) => {
        const [first] = turns.toSorted((a, b) => compareTurns(a, b, rotation));
        expect(found(new Set(turns), rotation)).toBe(first);
      }),
    );
  });
});

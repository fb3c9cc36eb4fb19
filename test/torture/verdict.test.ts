import { describe, expect, test } from "vitest";
import type { Entry } from "../standin/transcript-entry.ts";
import { outcomeLine } from "../world/outcome.ts";
import type { Change } from "./journal.ts";
import { type AcceptedEvent, isClean, verdictOf } from "./verdict.ts";

const LANE = "tag:deploys";
const [A, B] = ["a", "b"].map((letter) => `evt_${letter.repeat(26)}`) as [string, string];
const seqs = new Map([
  [A, 1],
  [B, 2],
]);

/** One after the other, as a provider sends that waits for each answer. */
const accepted = (...ids: string[]): AcceptedEvent[] =>
  ids.map((id, i) => ({ id, lane: LANE, askedAt: 2 * i, answeredAt: 2 * i + 1 }));

/** `[event, before, after, holder]`, in the order of the commits. */
type Row = readonly [id: string, before: string, after: string, holder?: string];

const journal = (rows: readonly Row[], more: Partial<Change> = {}): Change[] =>
  rows.map(([id, before, after, holder = null], i) => ({
    n: i + 1,
    id,
    lane: LANE,
    band: after === "returned" ? 1 : 3,
    seq: seqs.get(id) ?? 0,
    before,
    after,
    holder,
    keptFor: null,
    delivery: 1,
    turn: null,
    within: i + 1,
    supersededBy: null,
    details: null,
    ...more,
  }));

const arrives = (id: string): Row => [id, "", "queued"];
const works = (id: string, session = "s1"): Row[] => [
  [id, "queued", "dispatching", session],
  [id, "dispatching", "delivered", session],
];
const acked = (id: string): Row => [id, "delivered", "acked"];
const wholeLife = (id: string): Row[] => [arrives(id), ...works(id), acked(id)];

const shown = (id: string, at = 0, words = "(delivery 1)"): Entry => ({
  kind: "turn-begin",
  at,
  turn: 1,
  origins: ["channel"],
  instructions: true,
  reads: `Signalbox event ${id} ${words} from source ci`,
});
const told = (id: string, at = 1, call = `${id} ${at}`): Entry[] => [
  { kind: "tool-call", at, turn: 1, id: call, tool: "event_ack", input: { event_id: id } },
  {
    kind: "tool-answer",
    at,
    turn: 1,
    id: call,
    tool: "event_ack",
    outcome: "answered",
    text: `${id} is done.`,
  },
];

test("a run in which all went well has three zeros, and no problem", () => {
  const verdict = verdictOf({
    accepted: accepted(A, B),
    journal: journal([arrives(A), arrives(B), ...works(A), acked(A), ...works(B), acked(B)]),
    transcripts: [[shown(A), ...told(A), shown(B, 2), ...told(B, 3)]],
  });
  expect(verdict.problems).toEqual([]);
  expect(isClean(verdict)).toBe(true);
  expect(outcomeLine(verdict)).toBe("2 accepted, 2 acked, 0 lost, 0 doubled, 0 out of order, 0 shown again");
});

describe("lost", () => {
  test("an accepted event that the store does not know", () => {
    const verdict = verdictOf({ accepted: accepted(A, B), journal: journal(wholeLife(A)), transcripts: [] });
    expect(verdict).toMatchObject({ accepted: 2, acked: 1, lost: 1 });
    expect(isClean(verdict)).toBe(false);
  });

  test("one that ended without an ack", () => {
    const rows: Row[] = [arrives(A), ...works(A), [A, "delivered", "dead"]];
    expect(verdictOf({ accepted: accepted(A), journal: journal(rows), transcripts: [] })).toMatchObject({
      lost: 1,
    });
  });

  test("not one that still waits; but that is a problem", () => {
    const verdict = verdictOf({ accepted: accepted(A), journal: journal([arrives(A)]), transcripts: [] });
    expect(verdict).toMatchObject({
      lost: 0,
      problems: [expect.stringContaining("1 accepted events still wait")],
    });
    expect(isClean(verdict)).toBe(false);
  });
});

describe("doubled", () => {
  test("an event whose ack the store committed twice", () => {
    const rows: Row[] = [...wholeLife(A), [A, "acked", "queued"], ...works(A), acked(A)];
    const verdict = verdictOf({ accepted: accepted(A), journal: journal(rows), transcripts: [] });
    expect(verdict).toMatchObject({ doubled: 1, acked: 1 });
    expect(verdict.problems).toEqual([`${A} was acked and became queued`]);
  });

  test("an event of which Claude was told twice that its ack is committed", () => {
    const transcripts = [[shown(A), ...told(A, 1)], told(A, 2)];
    const verdict = verdictOf({ accepted: accepted(A), journal: journal(wholeLife(A)), transcripts });
    expect(verdict).toMatchObject({ doubled: 1 });
    expect(isClean(verdict)).toBe(false);
  });

  test("an ack that Claude was told of and that nobody committed is a problem", () => {
    const transcripts = [[shown(A), ...told(A)]];
    const verdict = verdictOf({
      accepted: accepted(A),
      journal: journal([arrives(A), ...works(A)]),
      transcripts,
    });
    expect(verdict.problems).toContain(`Claude was told that ${A} is done; no such ack was committed`);
  });
});

describe("out of order", () => {
  test("an event that was claimed while an earlier one waited", () => {
    const rows = [arrives(A), arrives(B), ...works(B), acked(B), ...works(A), acked(A)];
    const verdict = verdictOf({ accepted: accepted(A, B), journal: journal(rows), transcripts: [] });
    expect(verdict).toMatchObject({ outOfOrder: 1, lost: 0 });
    expect(isClean(verdict)).toBe(false);
  });

  test("not one that passes by what is kept for another session", () => {
    const rows: Row[] = [
      arrives(A),
      arrives(B),
      ...works(A),
      [A, "delivered", "interrupted"],
      ...works(B, "s2"),
    ];
    const outOfOrder = (keptFor: string | null) => {
      const changes = journal(rows).map((change) =>
        change.after === "interrupted" ? { ...change, band: 1, keptFor } : change,
      );
      return verdictOf({ accepted: accepted(A, B), journal: changes, transcripts: [] }).outOfOrder;
    };
    expect(outOfOrder("s1")).toBe(0);
    expect(outOfOrder("s2")).toBe(1);
    expect(outOfOrder(null)).toBe(1);
  });

  test("not one that was claimed in the very transaction in which the other arrived", () => {
    const rows = [arrives(B), arrives(A), ...works(B), acked(B), ...works(A), acked(A)];
    const outOfOrder = (within: (n: number) => number) => {
      const changes = journal(rows).map((change) => ({ ...change, within: within(change.n) }));
      // Nobody was told of A before B was asked for.
      const asked = accepted(B, A).map((event) => ({ ...event, askedAt: 0 }));
      return verdictOf({ accepted: asked, journal: changes, transcripts: [] }).outOfOrder;
    };
    expect(outOfOrder((n) => n)).toBe(1);
    // The arrival of A is the second change, the claim of B the third.
    expect(outOfOrder((n) => (n === 3 ? 2 : n))).toBe(0);
    // All in one: B was not there before A either.
    expect(outOfOrder((n) => (n <= 3 ? 1 : n))).toBe(1);
  });

  test("not one whose turn it is; but one that goes before an older one of its source", () => {
    const rows = [arrives(A), arrives(B), ...works(B), acked(B), ...works(A), acked(A)];
    const outOfOrder = (turns: Record<string, string>, more: Partial<Change> = {}) => {
      const changes = journal(rows, more).map((change) => ({ ...change, turn: turns[change.id] ?? null }));
      return verdictOf({ accepted: accepted(A, B), journal: changes, transcripts: [] }).outOfOrder;
    };
    expect(outOfOrder({ [A]: "webhook a", [B]: "webhook b" })).toBe(0);
    expect(outOfOrder({ [A]: "webhook a", [B]: "webhook a" })).toBe(1);
    // What comes back has no turn.
    expect(outOfOrder({ [A]: "webhook a", [B]: "webhook b" }, { band: 1 })).toBe(1);
  });

  test("an event that was accepted earlier and stands behind", () => {
    const rows = [arrives(B), arrives(A), ...works(A), acked(A), ...works(B), acked(B)];
    const verdict = verdictOf({ accepted: accepted(B, A), journal: journal(rows), transcripts: [] });
    expect(verdict).toMatchObject({ outOfOrder: 1 });
  });

  test("not one that came back and goes before those that never left", () => {
    const back: Row[] = [
      [A, "delivered", "returned"],
      [A, "returned", "dispatching", "s2"],
      [A, "dispatching", "acked"],
    ];
    const rows = [arrives(A), arrives(B), ...works(A), ...back, ...works(B), acked(B)];
    const verdict = verdictOf({ accepted: accepted(A, B), journal: journal(rows), transcripts: [] });
    expect(verdict).toMatchObject({ outOfOrder: 0, problems: [] });
  });

  test("not two that were asked for at the same time", () => {
    const together = accepted(B, A).map((event) => ({ ...event, askedAt: 0 }));
    const rows = [arrives(A), arrives(B), ...works(A), acked(A), ...works(B), acked(B)];
    expect(verdictOf({ accepted: together, journal: journal(rows), transcripts: [] }).outOfOrder).toBe(0);
  });
});

describe("other problems", () => {
  const life = journal(wholeLife(A));

  test("two events in the hands of a session", () => {
    const rows = [arrives(A), arrives(B), ...works(A), ...works(B), acked(A), acked(B)];
    const verdict = verdictOf({ accepted: accepted(A, B), journal: journal(rows), transcripts: [] });
    expect(verdict.problems).toContain(`s1 was given ${B} while it had ${A}`);
  });

  test("an event that nobody was told of", () => {
    const verdict = verdictOf({ accepted: [], journal: life, transcripts: [] });
    expect(verdict.problems).toEqual([`nobody was told of ${A}`]);
  });

  test("an event that is shown after its ack was confirmed", () => {
    const transcripts = [[shown(A), ...told(A, 1)], [shown(A, 2)]];
    const verdict = verdictOf({ accepted: accepted(A), journal: life, transcripts });
    expect(verdict).toMatchObject({
      shownAgain: 1,
      problems: [`${A} was shown after its ack was confirmed`],
    });
  });

  test("a delivery that one process is shown twice without a word; with one, or to another process, it is not", () => {
    const again = "(delivery 1, shown again because the session was started again)";
    const twice = (transcripts: Entry[][]) =>
      verdictOf({ accepted: accepted(A), journal: life, transcripts }).problems;
    expect(twice([[shown(A), shown(A)]])).toEqual([
      `${A} (1) was shown twice to one process, without a word`,
    ]);
    expect(twice([[shown(A), shown(A, 0, again)]])).toEqual([]);
    expect(twice([[shown(A)], [shown(A)]])).toEqual([]);
  });
});

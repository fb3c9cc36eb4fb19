import { describe, expect, test } from "vitest";
import type { EventDetails } from "../../src/domain/event-details.ts";
import type { Change } from "./journal.ts";
import { type AcceptedEvent, verdictOf } from "./verdict.ts";

const [A, B, C] = ["a", "b", "c"].map((letter) => `evt_${letter.repeat(26)}`) as [string, string, string];

interface Row {
  id: string;
  before: string;
  after: string;
  details?: EventDetails;
  supersededBy?: string;
  delivery?: number;
}

const journal = (...rows: Row[]): Change[] =>
  rows.map(({ details = null, supersededBy = null, delivery = 0, ...row }, i) => ({
    n: i + 1,
    lane: "tag:deploys",
    band: 3,
    seq: 1,
    holder: null,
    keptFor: null,
    within: i + 1,
    delivery,
    turn: null,
    supersededBy,
    details,
    ...row,
  }));

const comes = (id: string, details: EventDetails = {}): Row => ({ id, before: "", after: "queued", details });
const ends = (id: string, after: string): Row => ({ id, before: "queued", after });
const acked = (id: string, details: EventDetails = {}): Row[] => [comes(id, details), ends(id, "acked")];
const replaced = (id: string, by: string, delivery = 0): Row => ({
  ...ends(id, "superseded"),
  supersededBy: by,
  delivery,
});

const accepted = (...ids: string[]): AcceptedEvent[] =>
  ids.map((id, i) => ({ id, lane: "tag:deploys", askedAt: 2 * i, answeredAt: 2 * i + 1 }));

const verdict = (ids: string[], rows: Row[], audience?: ReadonlyMap<string, number>) =>
  verdictOf({
    accepted: accepted(...ids),
    journal: journal(...rows),
    transcripts: [],
    ...(audience && { audience }),
  });

describe("what is superseded", () => {
  const chain = (standsFor: number) => [
    comes(A),
    comes(B, { standsFor: 2 }),
    replaced(A, B),
    comes(C, { standsFor }),
    replaced(B, C),
  ];

  test("is done when the last of its chain is acked, and is lost with it", () => {
    const done = verdict([A, B, C], [...chain(3), ends(C, "acked")]);
    expect(done).toMatchObject({ acked: 3, lost: 0, problems: [], kin: { superseded: 2 } });
    expect(verdict([A, B, C], [...chain(3), ends(C, "lapsed")])).toMatchObject({ acked: 0, lost: 3 });
  });

  test("is lost where what took its place is not stored", () => {
    expect(verdict([A], [comes(A), replaced(A, B)])).toMatchObject({ lost: 1 });
  });

  test("is counted by what stands for it", () => {
    expect(verdict([A, B, C], [...chain(2), ends(C, "acked")]).problems).toEqual([
      `${C} stands for 2, and took the place of ${B}, which stands for 2`,
    ]);
  });

  test("was handed over to nobody", () => {
    const rows = [comes(A), comes(B, { standsFor: 2 }), replaced(A, B, 1), ends(B, "acked")];
    expect(verdict([A, B], rows).problems).toEqual([`${A} was handed over, and is superseded`]);
  });
});

describe("what is replayed", () => {
  const dead = [comes(A), ends(A, "dead")];

  test("is done when its replay is", () => {
    const done = verdict([A], [...dead, ...acked(B, { replayOf: A })]);
    expect(done).toMatchObject({ acked: 1, lost: 0, problems: [] });
    expect(verdict([A], dead)).toMatchObject({ lost: 1 });
  });

  test("is replayed once", () => {
    const rows = [...dead, ...acked(B, { replayOf: A }), ...acked(C, { replayOf: A })];
    expect(verdict([A], rows).problems).toEqual([`${A} was replayed 2 times`]);
  });
});

describe("what goes to all", () => {
  const first = acked(A, { addressee: "s1", copies: ["s2"] });

  test("has a copy for each, and each is handled", () => {
    const copy = { copyOf: A, addressee: "s2" };
    expect(verdict([A], [...first, ...acked(B, copy)], new Map([[A, 2]])).problems).toEqual([]);
    expect(verdict([A], [...first, comes(B, copy)]).problems).toEqual([
      `${B} was made of another, and is queued`,
    ]);
    expect(verdict([A], first).problems).toEqual([`s2 has no copy of ${A}`]);
    expect(verdict([A], [...first, ...acked(B, copy)], new Map([[A, 3]])).problems).toEqual([
      `${A} was for 3 sessions, and 2 were given it`,
    ]);
  });

  test("has no other", () => {
    const rows = [...first, ...acked(B, { copyOf: A, addressee: "s2" })];
    for (const addressee of ["s1", "s2", "s3"]) {
      expect(verdict([A], [...rows, ...acked(C, { copyOf: A, addressee })]).problems).toEqual([
        `${addressee} has one copy of ${A} too many`,
      ]);
    }
  });
});

test("only what has ended is removed", () => {
  const removed = (before: string): Row => ({ id: A, before, after: "removed" });
  expect(verdict([A], [...acked(A), removed("acked")])).toMatchObject({ acked: 1, problems: [] });
  expect(verdict([A], [comes(A), removed("queued")]).problems).toContain(`${A} was queued, and was removed`);
});

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { median, medians, percentile } from "../../bench/median.ts";
import { lines, table } from "../../bench/report.ts";
import { atLeast, below, type Suite } from "../../bench/suite.ts";
import { succeeds } from "../repository/program.ts";

const folder = mkdtempSync(join(tmpdir(), "signalbox-bench-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the bench runs: a tiny round of ingest is measured and written", async () => {
  const file = join(folder, "quick.json");
  await succeeds(process.execPath, ["bench/main.ts", "--quick", "--only", "ingest", "--out", file]);
  const { ingest, course, machine, versions } = JSON.parse(readFileSync(file, "utf8"));
  for (const figure of ["ratio", "perSecond", "barePerSecond", "p99Ms", "bareP99Ms"]) {
    expect(ingest[figure], figure).toBeGreaterThan(0);
  }
  expect(course).toMatchObject({ rounds: 1, quick: true });
  expect(machine.cores).toBeGreaterThan(0);
  expect(versions.node).toBe(process.versions.node);
});

test("the bench knows what a scheme's verification costs, and how many forgeries are refused", async () => {
  const file = join(folder, "schemes.json");
  await succeeds(process.execPath, ["bench/main.ts", "--quick", "--only", "schemes", "--out", file]);
  const { schemes } = JSON.parse(readFileSync(file, "utf8"));
  expect(schemes.github).toEqual({ verifyUs: expect.any(Number), rejectsPerSecond: expect.any(Number) });
  expect(Math.min(schemes.github.verifyUs, schemes.github.rejectsPerSecond)).toBeGreaterThan(0);
});

describe("the bench's verdict", () => {
  const suite: Suite = {
    name: "speed",
    goals: { ratio: atLeast(0.7), p99Ms: below("bareP99Ms") },
    prepare: () => Promise.reject(new Error("not run here")),
  };
  const of = (figures: Record<string, number>) =>
    lines([suite], { speed: figures }).map(({ figure, goal }) => [figure, goal?.reached ?? null]);

  test("judges the figures that have a goal, and shows the others", () => {
    expect(of({ ratio: 0.7, p99Ms: 4, bareP99Ms: 5 })).toEqual([
      ["speed.ratio", true],
      ["speed.p99Ms", true],
      ["speed.bareP99Ms", null],
    ]);
    expect(of({ ratio: 0.69, p99Ms: 5, bareP99Ms: 5 }).map(([, reached]) => reached)).toEqual([
      false,
      false,
      null,
    ]);
  });

  test("never passes over a goal whose figure was not measured", () => {
    expect(() => of({ ratio: 1, bareP99Ms: 5 })).toThrow("p99Ms");
  });

  test("is in words in the table, unless nothing is judged", () => {
    const all = lines([suite], { speed: { ratio: 0.5, p99Ms: 4.123, bareP99Ms: 5678.9 } });
    expect(table(all, true)).toEqual([
      "figure           value  goal         verdict",
      "speed.ratio      0.5    >= 0.7       NOT REACHED",
      "speed.p99Ms      4.12   < bareP99Ms  reached",
      "speed.bareP99Ms  5679",
    ]);
    expect(table(all, false).join()).not.toMatch(/reached/i);
  });
});

test("a median is the one in the middle, or the mean of two; a percentile is one that was measured", () => {
  expect([median([3, 1, 2]), median([4, 1, 3, 2]), median([7])]).toEqual([2, 2.5, 7]);
  expect(medians([{ a: 1, b: 9 }, { a: 3, b: 7 }, { a: 2 }])).toEqual({ a: 2, b: 8 });
  const hundred = Float64Array.from({ length: 100 }, (_, i) => i + 1);
  expect([percentile(hundred, 0.5), percentile(hundred, 0.99), percentile(hundred, 1)]).toEqual([
    50, 99, 100,
  ]);
});

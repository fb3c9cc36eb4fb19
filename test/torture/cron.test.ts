/** Each thing that can be wrong with the tortured cron is found. */
import { expect, test } from "vitest";
import { cronProblems } from "./cron.ts";

const at = (second: number) => Date.UTC(2026, 0, 1) + second * 1_000;

test("a cron whose times have an event each has no problem, also where it fired ahead of being told so", () => {
  expect(cronProblems({ fired: [at(1), at(2), at(3)], nextAt: at(4) })).toEqual([]);
  // It died between the event and the cron.
  expect(cronProblems({ fired: [at(1), at(2), at(3)], nextAt: at(3) })).toEqual([]);
});

test.each([
  [{ fired: [], nextAt: at(1) }, "never fired"],
  [{ fired: [at(1), at(2), at(2)], nextAt: at(3) }, "fired twice for 2026-01-01T00:00:02"],
  [{ fired: [at(1), at(3)], nextAt: at(4) }, "done with 2026-01-01T00:00:02"],
  [{ fired: [at(1), at(2)], nextAt: at(4) }, "done with 2026-01-01T00:00:03"],
])("%j is found", (kept, words) => {
  expect(cronProblems(kept).join("\n")).toContain(words);
});

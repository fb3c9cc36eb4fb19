import fc from "fast-check";
import { expect, test } from "vitest";
import { EVENT_STATES } from "../../src/domain/event.ts";
import { BANDS, bandOf, compare, PRIORITIES } from "../../src/domain/order.ts";

const place = fc.record({ band: fc.constantFrom(...BANDS), seq: fc.nat(50) });

test("a lane is ordered by band, then by arrival, whatever order it is looked at in", () => {
  fc.assert(
    fc.property(fc.array(place), (places) => {
      const sorted = places.toSorted(compare);
      for (const [i, next] of sorted.slice(1).entries()) {
        const before = sorted[i];
        if (before === undefined) throw new Error("unreachable: i is below the length");
        const bands = BANDS.indexOf(before.band) - BANDS.indexOf(next.band);
        expect(bands < 0 || (bands === 0 && before.seq <= next.seq)).toBe(true);
      }
    }),
  );
});

test("what comes back stands behind interrupts and before everything that never left", () => {
  for (const state of ["returned", "interrupted"] as const) {
    expect(PRIORITIES.map((priority) => bandOf(priority, state))).toEqual([
      "interrupt",
      "resumed",
      "resumed",
    ]);
  }
});

test("in every other state the band is what the sender asked for", () => {
  for (const state of EVENT_STATES.filter((name) => name !== "returned" && name !== "interrupted")) {
    for (const priority of PRIORITIES) expect(bandOf(priority, state)).toBe(priority);
  }
});

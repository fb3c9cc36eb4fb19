/** The corpus, all of it, and ten seconds of what nobody has tried yet (`npm run fuzz` for more). */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { corpusOf, corpusTargets } from "./corpus.ts";
import { run, verdict } from "./run.ts";
import type { Subject } from "./target.ts";
import { TARGETS } from "./targets.ts";

const TEN_SECONDS = 10_000;

test("every folder of the corpus is a target's, and every target has one", () => {
  expect(corpusTargets()).toEqual(TARGETS.map(({ name }) => name).sort());
});

describe.each(TARGETS.map((target) => [target.name, target.promise, target] as const))(
  "%s: %s",
  (_, __, target) => {
    const files = corpusOf(target.name);
    let subject: Subject;
    beforeAll(async () => {
      subject = await target.open();
    });
    afterAll(() => subject.close());

    test.each(files.map(({ name, input }) => [name, input] as const))("%s", async (_name, input) => {
      expect(await verdict(subject, input)).toBeNull();
    });

    test("and what a new seed gives", async () => {
      const seed = Date.now() % 1_000_000;
      const { inputs, found } = await run(target, { seed, forMs: TEN_SECONDS / TARGETS.length });
      expect(found, `seed ${seed}`).toEqual([]);
      expect(inputs).toBeGreaterThan(0);
    });
  },
);

/**
 * The order in which test files are begun: those that take long first, most of whose time is waiting, so that none of them is left
 * running alone when all others are done. Only names: a file that is not here comes in Vitest's own order.
 */
import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const ROOT = join(import.meta.dirname, "..");

const LONGEST = [
  "test/torture/torture.test.ts",
  "test/demo/tour.test.ts",
  "test/e2e/resumption.test.ts",
  "test/hostile/http.test.ts",
  "test/e2e/ways-in.test.ts",
  "test/e2e/silence.test.ts",
  "test/cli/doctor.test.ts",
  "test/e2e/messages.test.ts",
  "test/repository/scripts.test.ts",
  "test/fuzz/fuzz.test.ts",
  "test/store/sqlite.test.ts",
  "test/repository/quality.test.ts",
  "test/demo/demo.test.ts",
  "test/hostile/link-floods.test.ts",
  "test/store/sqlite-backlog.test.ts",
  "test/plugin/edges.test.ts",
  "test/boundary/payload.test.ts",
  "test/cli/start.test.ts",
  "test/store/sqlite-checkpoint.test.ts",
  "test/plugin/packaging.test.ts",
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const gone = LONGEST.filter((path) => !existsSync(join(ROOT, path)));
    if (gone.length > 0)
      throw new Error(`test/longest-first.ts names ${gone.join(", ")}, which are not there`);
    const others = await super.sort(files);
    return others.toSorted((a, b) => placeOf(a) - placeOf(b));
  }
}

function placeOf({ moduleId }: TestSpecification): number {
  const place = LONGEST.indexOf(relative(ROOT, moduleId));
  return place === -1 ? LONGEST.length : place;
}

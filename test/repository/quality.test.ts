import { describe, test } from "vitest";
import { succeeds } from "./program.ts";

const SLOW_MS = 120_000;

describe.concurrent("quality", () => {
  test("every file is formatted, and no lint rule is broken", { timeout: SLOW_MS }, async () => {
    await succeeds("biome", ["check", "--error-on-warnings", "."]);
  });

  test("every type holds", { timeout: SLOW_MS }, async () => {
    await succeeds("tsc", ["-p", "."]);
  });
});

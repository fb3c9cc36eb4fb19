/** What is made from something else is what it would be if it were made now. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../config/temporary-folder.ts";
import { ROOT } from "./imports.ts";
import { succeeds } from "./program.ts";

const SLOW_MS = 60_000;

describe.concurrent("generated files are fresh", () => {
  test("proto/gen is what buf generates", { timeout: SLOW_MS }, async ({ onTestFinished }) => {
    const folder = await temporaryFolder(onTestFinished);
    await succeeds("buf", ["generate", "--output", folder]);
    const made = await contents(join(folder, "proto", "gen"));
    expect(made.size).toBeGreaterThan(0);
    expect(await contents(join(ROOT, "proto", "gen"))).toEqual(made);
  });

  test("the proto files keep buf's rules", { timeout: SLOW_MS }, async () => {
    await succeeds("buf", ["lint"]);
  });

  test("the proto files break nothing that was released", { timeout: SLOW_MS }, async () => {
    await succeeds("buf", ["breaking", "--against", "proto/baseline.binpb"]);
  });

  test.each(["scripts/build-plugin.ts", "scripts/docs-configuration.ts", "scripts/docs-statecharts.ts"])(
    "%s finds nothing stale",
    { timeout: SLOW_MS },
    async (script) => {
      await succeeds("node", [script, "--check"]);
    },
  );
});

async function contents(folder: string): Promise<Map<string, string>> {
  const names = (await readdir(folder, { recursive: true, encoding: "utf8" })).filter((name) =>
    name.endsWith(".ts"),
  );
  return new Map(
    await Promise.all(
      names.sort().map(async (name) => [name, await readFile(join(folder, name), "utf8")] as const),
    ),
  );
}

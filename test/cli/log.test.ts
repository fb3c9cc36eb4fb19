import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { expect, test } from "vitest";
import { logOf } from "../../src/cli/log.ts";

function target(isTTY: boolean) {
  const texts: string[] = [];
  return { isTTY, texts, write: (text: string) => void texts.push(text) };
}

test("where nobody looks, a line is JSON", () => {
  const to = target(false);
  logOf("info", to).info({ event: "evt_1" }, "event queued");
  expect(JSON.parse(to.texts.join(""))).toMatchObject({ level: 30, event: "evt_1", msg: "event queued" });
});

test("on a terminal a line is short", () => {
  const to = target(true);
  logOf("info", to).warn({ event: "evt_1", tries: 2, error: new Error("no disk") }, "not stored");
  expect(to.texts.join("")).toMatch(/^\d\d:\d\d:\d\d warn {2}not stored event=evt_1 tries=2 error=.*\n$/);
});

test("what is below the level is not logged", () => {
  const to = target(true);
  logOf("warn", to).info({}, "event queued");
  expect(to.texts).toEqual([]);
});

test.each([true, false])("promise 10: a secret among the fields is hidden (terminal: %s)", (isTTY) => {
  const to = target(isTTY);
  logOf("info", to).info({ token: "cbt_1", source: { secret: "hunter2" }, payload: "{}" }, "made");
  expect(to.texts.join("")).not.toMatch(/cbt_1|hunter2|\{\}/);
});

const FLOOD = `
  import { stderrTarget } from "./src/cli/log.ts";
  const target = stderrTarget();
  const line = "x".repeat(1_000) + "\\n";
  const before = process.memoryUsage().rss;
  for (let turn = 0; turn < 200; turn++) {
    for (let i = 0; i < 1_000; i++) target.write(line);
    await new Promise((resolve) => setImmediate(resolve));
  }
  globalThis.gc();
  console.log(process.memoryUsage().rss - before);
`;

test.skipIf(!existsSync("/dev/full"))("promise 8: a log whose disk is full does not fill the memory", () => {
  const full = openSync("/dev/full", "w");
  const { stdout } = spawnSync(process.execPath, ["--expose-gc", "--input-type=module", "-e", FLOOD], {
    stdio: ["ignore", "pipe", full],
    encoding: "utf8",
  });
  closeSync(full);
  expect(stdout).toMatch(/^\d+\n$/);
  expect(Number(stdout)).toBeLessThan(100_000_000);
});

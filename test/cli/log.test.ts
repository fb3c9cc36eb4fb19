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

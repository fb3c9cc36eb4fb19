import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { terminalOf } from "../../src/cli/terminal.ts";

const CTRL_C = "\u0003";
const CTRL_D = "\u0004";

function terminal(isTTY: boolean) {
  const stdin = Object.assign(new PassThrough(), { isTTY });
  const stdout = Object.assign(new PassThrough(), { isTTY });
  let shown = "";
  stdout.on("data", (chunk: Buffer) => {
    shown += chunk.toString();
  });
  return { stdin, shown: () => shown, ...terminalOf({ stdin, stdout, stderr: new PassThrough() }) };
}

test.each([
  ["y", "y\n", true],
  ["Yes", "Yes\n", true],
  ["nothing", "\n", false],
  ["something else", "yesterday\n", false],
  ["Ctrl-C", CTRL_C, false],
  ["Ctrl-D", CTRL_D, false],
  ["a yes that was begun, and Ctrl-C", `ye${CTRL_C}`, false],
])("a question answered by %s", async (_, keys, answer) => {
  const { ask, stdin, shown } = terminal(true);
  const asked = ask("Replace it?");
  stdin.write(keys);
  expect(await asked).toBe(answer);
  expect(shown()).toMatch(/Replace it\? \[y\/N\] .*\n$/s);
});

test("nobody is asked where nobody can answer", async () => {
  expect(await terminal(false).ask("Replace it?")).toBeNull();
});

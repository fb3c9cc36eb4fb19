/** What is said to whoever starts one of the project's scripts in a way that can't work. */
import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { temporaryFolder } from "../config/temporary-folder.ts";
import { ROOT } from "./imports.ts";

interface Said {
  code: number | null;
  out: string;
  err: string;
}

async function node(...args: string[]): Promise<Said> {
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
  const { promise, resolve, reject } = Promise.withResolvers<Said>();
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  child.once("error", reject);
  child.once("close", (code) => resolve({ code, out, err }));
  return promise;
}

/** As `npm run` starts it. */
const run = (name: keyof typeof manifest.scripts, ...args: string[]) =>
  node(...manifest.scripts[name].split(" ").slice(1), ...args);

test.each(["simulate", "torture", "fuzz", "bench"] as const)("%s has --help", async (name) => {
  expect(await run(name, "--help")).toMatchObject({
    code: 0,
    err: "",
    out: expect.stringContaining(`npm run ${name}`),
  });
});

test.each([
  ["simulate", ["--sedes", "5"], "Unknown option '--sedes'."],
  ["simulate", ["--seeds", "0"], '--seeds takes a whole number from 1 on, not "0".'],
  ["simulate", ["--seeds", "many"], '--seeds takes a whole number from 1 on, not "many".'],
  ["simulate", ["--mutants", "--only", "nope"], 'There is no mutant "nope"; there are:'],
  ["simulate", ["--only", "nope"], "--only names a mutant: it needs --mutants."],
  ["torture", ["200"], "Unexpected argument '200'."],
  ["torture", ["--kills", "0"], '--kills takes a whole number from 1 on, not "0".'],
  ["torture", ["--seed", "1.5"], '--seed takes a whole number from 0 on, not "1.5".'],
  ["fuzz", ["--minutes", "abc"], '--minutes takes a number above 0, not "abc".'],
  ["fuzz", ["--seed", "abc"], '--seed takes a whole number from 0 on, not "abc".'],
  ["fuzz", ["--replay", "nope"], "nope can't be read: ENOENT"],
  ["fuzz", ["--replay", "README.md"], "README.md is in the folder of no target; there are "],
] as const)("%s %j is refused with the usage, and is no success", async (name, args, line) => {
  const { code, err } = await run(name, ...args);
  expect(code).toBe(2);
  expect(err.startsWith(line), err).toBe(true);
  expect(err).toContain(`npm run ${name} [-- options]`);
  expect(err).not.toMatch(/\n {4}at /);
});

test("an input that is replayed is judged, and that is said", async () => {
  const input = "test/fuzz/corpus/settings/contradicting-spans.json";
  expect(await run("fuzz", "--replay", input)).toMatchObject({
    code: 0,
    out: expect.stringMatching(/holds/),
  });
});

test("without the packages, one clear line", async () => {
  const script = join(await temporaryFolder(), "main.ts");
  await writeFile(script, 'import "not-installed";');
  expect(await node("scripts/run.mjs", script)).toEqual({
    code: 1,
    out: "",
    err: `${script} can't run: the packages that it needs are not installed. Run \`npm ci\` first.\n`,
  });
});

test("every script of ours starts in the way that says so", () => {
  const ours = Object.entries(manifest.scripts).filter(([, line]) => line.endsWith("/main.ts"));
  expect(ours.map(([name]) => name).sort()).toEqual(["bench", "demo", "fuzz", "simulate", "torture"]);
  for (const [, line] of ours) expect(line).toMatch(/^node scripts\/run\.mjs /);
});

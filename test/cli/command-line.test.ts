import { expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { SETTING_NAMES, variableOf } from "../../src/config/setting-names.ts";
import { home } from "./command-line.ts";

test("without a command, the usage and exit code 1; with --help, 0", async () => {
  const at = await home();
  expect(await at.run()).toMatchObject({
    code: 1,
    out: expect.stringContaining("Usage: signalbox <command>"),
  });
  expect(await at.run("--help")).toMatchObject({ code: 0 });
});

test("--version is the version alone", async () => {
  const at = await home();
  for (const option of ["--version", "-v"]) {
    expect(await at.run(option)).toEqual({ code: 0, out: `${manifest.version}\n`, err: "" });
  }
});

test.each(["nonsense", "toString", "__proto__"])(
  "unknown command %s: the usage and exit code 1",
  async (name) => {
    const said = await (await home()).run(name);
    expect(said).toMatchObject({ code: 1, err: expect.stringContaining(`no command "${name}"`) });
    expect(said.err).toContain("trigger");
  },
);

test.each(["start", "connect", "trigger", "events", "replay", "tokens", "keys", "doctor"])(
  "%s has --help",
  async (name) => {
    const said = await (await home()).run(name, "--help");
    expect(said).toMatchObject({
      code: 0,
      err: "",
      out: expect.stringContaining(`Usage: signalbox ${name}`),
    });
  },
);

test("an unknown option is one line that names --help", async () => {
  const said = await (await home()).run("events", "--nonsense");
  expect(said).toMatchObject({ code: 1, err: expect.stringContaining("npm run events -- --help") });
  expect(said.err.trim()).not.toContain("\n");
});

test.each(["start", "connect", "events", "doctor"])(
  "a word that %s does not take is refused, with how npm hands on options",
  async (name) => {
    const said = await (await home()).run(name, "4500");
    expect(said).toMatchObject({
      code: 1,
      err: expect.stringContaining("With npm, options come after `--`"),
    });
    expect(said.err).toContain("4500");
  },
);

test("start's help names every setting that may stand on a command line", async () => {
  const { out } = await (await home()).run("start", "--help");
  for (const name of SETTING_NAMES) {
    if (name !== "key") expect(out).toContain(variableOf(name));
  }
  expect(out).not.toContain("SIGNALBOX_KEY");
});

test("help names every option in the first line, and what stands for its value", async () => {
  const at = await home();
  for (const name of ["connect", "trigger", "events", "doctor"]) {
    const { out } = await at.run(name, "--help");
    const [usage = "", ...rest] = out.split("\n");
    const named = rest.flatMap((line) => /^ {2}(--[a-z-]+(?: [A-Z]+)?) /.exec(line)?.[1] ?? []);
    expect(named).toContain("--data-dir FOLDER");
    // Two that belong together stand in one pair of brackets.
    const shown = [...usage.matchAll(/\[(.*?)\]/g)].flatMap(([, group]) => group?.split(/ (?=--)/));
    for (const option of named) expect(shown).toContain(option);
  }
  const { out } = await at.run("start", "--help");
  for (const line of out.split("\n").filter((one) => one.startsWith("  --"))) {
    expect(line).toMatch(/^ {2}--[a-z-]+ ([A-Z]+|[a-z|]+) \(SIGNALBOX_/);
  }
  expect(out).toContain("--allow-plaintext true|false (");
});

/** Settings of the environment and of options, and command lines: right, or one line that says what to do. */
import { main } from "../../../src/cli/main.ts";
import { readSettings } from "../../../src/config/read-settings.ts";
import { SETTING_NAMES, variableOf } from "../../../src/config/setting-names.ts";
import type { Chance } from "../chance.ts";
import { NASTY_TEXTS } from "../nasty.ts";
import { bytesOf, hold, holdOneLine, holdQuiet, isObject, jsonOf, listOf, type Target } from "../target.ts";

const GOOD = [
  "0",
  "1",
  "60",
  "4400",
  "true",
  "sqlite",
  "127.0.0.1",
  "::1",
  "https://box.example",
  "info",
  "~",
  "a".repeat(43),
];
const WORDS = [
  "events",
  "doctor",
  "trigger",
  "connect",
  "--help",
  "--json",
  "--state",
  "queued",
  "--limit",
  "5",
  "--data-dir",
  "--",
  "-x",
  "--=",
  "--help=1",
];

export const settings: Target = {
  name: "settings",
  promise: "settings and command lines are taken, or refused in one line with a cure; no secret is told",
  open: async () => ({ generate, judge, close: async () => {} }),
};

const KEY_CANARY = "canary-of-a-key";

function generate(chance: Chance): Uint8Array {
  if (chance.oneIn(8)) {
    const args = Array.from({ length: 1 + chance.below(5) }, () => chance.of([...WORDS, ...NASTY_TEXTS]));
    return bytesOf({ args });
  }
  const pick = () => chance.of([...GOOD, ...NASTY_TEXTS]);
  const some = () => Array.from({ length: chance.below(4) }, () => chance.of(SETTING_NAMES));
  const env = Object.fromEntries(some().map((name) => [variableOf(name), pick()]));
  const options = Object.fromEntries(some().map((name) => [name, pick()]));
  return bytesOf({ env, options, ...(chance.oneIn(3) && { key: true }) });
}

async function judge(input: Uint8Array): Promise<void> {
  const made = jsonOf(input);
  if (!isObject(made)) return;
  const args = listOf(made.args);
  if (args.length > 0) return judgeArgs(args.map(String));
  const env = {
    HOME: "/nowhere",
    ...texts(made.env),
    ...(made.key === true && { SIGNALBOX_KEY: KEY_CANARY }),
  };
  try {
    const read = readSettings({ options: texts(made.options), env });
    for (const warning of read.warnings) hold(!/[\p{Cc}]/u.test(warning), "a warning of several lines");
  } catch (error) {
    holdOneLine(error);
    hold(!String(error).includes(KEY_CANARY), "the key is told");
  }
}

const texts = (given: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(isObject(given) ? given : {}).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    ),
  );

async function judgeArgs(args: string[]): Promise<void> {
  // These two act: one listens, the other writes.
  if (args[0] === "start" || args[0] === "connect") return;
  let said = "";
  const keep = (line: string) => {
    said += `${line}\n`;
  };
  const env = { HOME: "/nowhere", PATH: "/nowhere", SIGNALBOX_DATA_DIR: "/nowhere/data" };
  const code = await main(args, env, {
    print: keep,
    complain: keep,
    ask: async () => null,
    left: new Promise(() => {}),
  });
  hold(code === 0 || code === 1 || code === 2, `exit code ${code}`);
  hold(said !== "", "nothing was said");
  hold(!said.includes("(unexpected;"), `a bug: ${said.slice(0, 300)}`);
  const shown = said.replaceAll("\n", "");
  hold(
    !/[\p{Cc}\p{Bidi_Control}]/u.test(shown),
    `the terminal is spoken to: ${JSON.stringify(said.slice(0, 300))}`,
  );
  holdQuiet(said);
}

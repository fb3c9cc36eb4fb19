/** The command that a sign-in shows, in real shells, with real curl: it saves a connection for its user alone, or nothing. */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { setupFrom } from "../../plugin/src/edges/config.ts";
import { shellCommand } from "../../src/ingress/sign-in/shell-command.ts";
import { startServer, type TestServer } from "../world/server.ts";
import { Browser, codeOf } from "./browser.ts";
import { runAside } from "./run-aside.ts";

let server: TestServer;
let home: string;

beforeAll(async () => {
  server = await startServer({ env: { SIGNALBOX_SIGN_INS_PER_MINUTE: "100000" } });
});
afterAll(() => server.stop());
beforeEach(() => {
  // With whatever a shell could trip over.
  home = join(mkdtempSync(join(tmpdir(), "sign-in-")), `it's "my" $HOME & more`);
  mkdirSync(home);
});

async function shown(): Promise<string> {
  const { text } = await new Browser().begin(`${server.running.httpUrl}/auth/cli`);
  const escaped = /<pre>(sh -c [\s\S]*?)<\/pre>/.exec(text)?.[1] ?? "";
  expect(escaped).toContain(codeOf(text));
  const entities: Record<string, string> = {
    "&#39;": "'",
    "&quot;": '"',
    "&lt;": "<",
    "&gt;": ">",
    "&amp;": "&",
  };
  return escaped.replace(/&(?:#39|quot|lt|gt|amp);/g, (entity) => entities[entity] ?? "");
}

const folder = () => join(home, ".claude", "channels", "signalbox");
const path = () => join(folder(), "config.json");
const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8);
const run = (
  command: string,
  { shell = "sh", env = {} }: { shell?: string; env?: Record<string, string> } = {},
) => runAside(shell, ["-c", `umask 000; ${command}`], { HOME: home, PATH: process.env.PATH ?? "", ...env });

const shells = ["dash", "bash", "zsh", "fish", "busybox"].filter(
  (shell) => spawnSync(shell, ["--help"]).error === undefined,
);

test("there is a shell to try it in", () => expect(shells.length).toBeGreaterThan(0));

test.each(shells)(
  "%s saves a configuration that the plugin takes, readable by its user alone",
  async (shell) => {
    const command = await shown();
    const call = shell === "busybox" ? { shell: "sh" } : { shell };
    const { code, out } = await run(command, call);
    expect({ code, out }).toEqual({ code: 0, out: `Saved ${path()}\n` });
    expect(readdirSync(folder())).toEqual(["config.json"]);
    expect(modeOf(path())).toBe("600");
    expect(modeOf(folder())).toBe("700");
    const setup = await setupFrom({ SIGNALBOX_CONFIG: path() })();
    expect(setup).toMatchObject({ kind: "ready", configuration: { remote: server.running.grpcUrl } });
  },
);

test("the same command a second time, or too late, leaves what is there", async () => {
  const command = await shown();
  await run(command);
  const before = readFileSync(path(), "utf8");
  const { code, err } = await run(command);
  expect(code).toBe(1);
  expect(err).toContain("Nothing was saved. A code works once, for five minutes.");
  expect(readdirSync(folder())).toEqual(["config.json"]);
  expect(readFileSync(path(), "utf8")).toBe(before);
});

test("what was there is kept beside it, as it was", async () => {
  mkdirSync(folder(), { recursive: true });
  writeFileSync(path(), '{"remote":"before"}', { mode: 0o600 });
  writeFileSync(`${path()}.bak`, "older", { mode: 0o666 });
  chmodSync(`${path()}.bak`, 0o666);
  expect((await run(await shown())).code).toBe(0);
  expect(readFileSync(`${path()}.bak`, "utf8")).toBe('{"remote":"before"}');
  expect([modeOf(path()), modeOf(`${path()}.bak`)]).toEqual(["600", "600"]);
});

test("a page that somebody on the way has put in is not taken for a configuration", async () => {
  await run(await shown());
  const before = readFileSync(path(), "utf8");
  const bin = join(home, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "curl"), '#!/bin/sh\necho "<p>Welcome to our hotel" > "$5"\n', { mode: 0o755 });
  const { code } = await run(await shown(), { env: { PATH: `${bin}:${process.env.PATH}` } });
  expect(code).toBe(1);
  expect(readdirSync(folder())).toEqual(["config.json"]);
  expect(readFileSync(path(), "utf8")).toBe(before);
});

test("it is saved where the plugin looks for it", async () => {
  const elsewhere = join(home, "claude's");
  await run(await shown(), { env: { CLAUDE_CONFIG_DIR: elsewhere } });
  expect(modeOf(join(elsewhere, "channels", "signalbox", "config.json"))).toBe("600");
  await run(await shown(), {
    env: { CLAUDE_CONFIG_DIR: elsewhere, SIGNALBOX_CONFIG: join(home, "own.json") },
  });
  expect(modeOf(join(home, "own.json"))).toBe("600");
});

test("there is no moment at which others can read it, or half of it can be taken for it", async () => {
  // Stands in for curl's own writing: looks at the file before and after.
  const bin = join(home, "bin");
  mkdirSync(bin);
  const curl = spawnSync("sh", ["-c", "command -v curl"], { encoding: "utf8" }).stdout.trim();
  const look = `stat -c '%a' "$1"/*.?????? >> "$HOME/modes"; ls "$1" >> "$HOME/names"`;
  writeFileSync(
    join(bin, "curl"),
    `#!/bin/sh\nset -- "$(dirname "$5")" "$@"\nlook() { ${look}; }\nlook "$1"\nd=$1; shift\n${curl} "$@"\nset -- "$d"; look "$1"\n`,
    { mode: 0o755 },
  );
  await run(await shown(), { env: { PATH: `${bin}:${process.env.PATH}` } });
  expect(readFileSync(join(home, "modes"), "utf8")).toBe("600\n600\n");
  expect(readFileSync(join(home, "names"), "utf8")).toMatch(/^(?:config\.json\.\w{6}\n){2}$/);
  expect(modeOf(path())).toBe("600");
});

test("a folder that can't be written, and a curl that is not there, are told of, and leave nothing", async () => {
  const command = await shown();
  expect((await run(command, { env: { SIGNALBOX_CONFIG: "/dev/null/x/config.json" } })).code).not.toBe(0);
  const bin = join(home, "bin");
  mkdirSync(bin);
  for (const tool of ["sh", "mkdir", "dirname", "mktemp", "rm"]) {
    const { stdout } = spawnSync("sh", ["-c", `command -v ${tool}`], { encoding: "utf8" });
    if (stdout.startsWith("/"))
      writeFileSync(join(bin, tool), `#!${"/bin/sh"}\nexec ${stdout.trim()} "$@"\n`, { mode: 0o755 });
  }
  const { code, err } = await run(command, { shell: "/bin/sh", env: { PATH: bin } });
  expect(code).toBe(1);
  expect(err).toContain("Nothing was saved");
  expect(readdirSync(folder())).toEqual([]);
});

describe("whatever stands in the address, no shell takes it for more than a word", () => {
  test.each([
    "https://box.example/it's",
    "https://box.example/$(touch pwned)/`touch pwned`;touch pwned",
    'https://box.example/a b\\c"d!e',
  ])("%s", async (base) => {
    const seen = join(home, "seen");
    const bin = join(home, "bin");
    mkdirSync(bin);
    writeFileSync(join(bin, "curl"), `#!/bin/sh\nfor last; do :; done\nprintf %s "$last" > "$HOME/seen"\n`, {
      mode: 0o755,
    });
    const command = shellCommand({
      code: `once_${"a".repeat(24)}`,
      exchangeUrl: `${base}/exchange`,
    });
    for (const shell of shells.filter((one) => one !== "busybox")) {
      await run(command, { shell, env: { PATH: `${bin}:${process.env.PATH}` } });
      expect(readFileSync(seen, "utf8")).toBe(
        `${base}/exchange`.replaceAll("'", "%27").replaceAll("!", "%21"),
      );
    }
    expect(readdirSync(home).filter((name) => name === "pwned")).toEqual([]);
  });
});

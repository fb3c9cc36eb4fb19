import { chmod, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { CLONE } from "../../src/cli/plugin-installation.ts";
import { type Home, home, noteInstalled, oldCopy, standInClaude } from "./command-line.ts";
import { ADMIN_TOKEN, controlServer } from "./control-server.ts";

const BY_HAND = [`plugin marketplace add ${CLONE}`, "plugin install signalbox@signalbox"];
const INSTALLATION = [
  `plugin marketplace add ${CLONE}`,
  "plugin marketplace update signalbox",
  "plugin install signalbox@signalbox",
  "plugin update signalbox@signalbox",
];

const written = async (path: string): Promise<unknown> => JSON.parse(await readFile(path, "utf8"));
const backup = ({ configuration }: Home) => `${configuration}.bak`;

async function put({ configuration }: Home, content: unknown): Promise<void> {
  await mkdir(dirname(configuration), { recursive: true });
  await writeFile(configuration, typeof content === "string" ? content : JSON.stringify(content));
}

describe("the configuration", () => {
  test("none: it is made with a token of its own, its owner's alone, and the token is not printed", async () => {
    const server = await controlServer();
    const at = await home({ grpcUrl: server.url });
    const said = await at.run("connect");
    expect(said).toMatchObject({ code: 0, err: "" });
    expect(await written(at.configuration)).toEqual({ remote: server.url, connectionToken: "cbt_made_1" });
    expect((await stat(at.configuration)).mode & 0o777).toBe(0o600);
    expect(said.out).not.toContain("cbt_");
    expect(said.out).toContain("claude");
  });

  test("ours and alive: it is kept as it is, however often", async () => {
    const server = await controlServer();
    const at = await home({ grpcUrl: server.url });
    await at.run("connect");
    const text = await readFile(at.configuration, "utf8");
    const said = await at.run("connect");
    expect(said).toMatchObject({ code: 0, out: expect.stringContaining("Kept") });
    expect(await readFile(at.configuration, "utf8")).toBe(text);
    expect(server.made).toHaveLength(1);
  });

  test("ours by another name of loopback is ours", async () => {
    const server = await controlServer();
    const at = await home({ grpcUrl: server.url });
    server.tokens.add("cbt_old");
    await put(at, { remote: server.url.replace("127.0.0.1", "localhost"), connectionToken: "cbt_old" });
    expect(await at.run("connect")).toMatchObject({ code: 0, out: expect.stringContaining("Kept") });
  });

  test("ours with a dead token: it is replaced, the rest carried over, the old one kept", async () => {
    const server = await controlServer();
    const at = await home({ grpcUrl: server.url });
    const old = {
      remote: server.url,
      connectionToken: "cbt_dead",
      delivery: "pull",
      projects: { "/a": "b" },
    };
    await put(at, old);
    expect(await at.run("connect")).toMatchObject({ code: 0, out: expect.stringContaining(".bak") });
    expect(await written(at.configuration)).toEqual({ ...old, connectionToken: "cbt_made_1" });
    expect(await written(backup(at))).toEqual(old);
    expect((await stat(backup(at))).mode & 0o777).toBe(0o600);
  });

  const foreign = { remote: "https://box.example.org", connectionToken: "cbt_theirs" };

  test.each([
    ["another server's", foreign],
    ["another program's", { theme: "dark" }],
    ["broken", "{"],
  ])("%s: without a terminal it is refused, untouched, and --force is named", async (_, content) => {
    const server = await controlServer();
    const at = await home({ grpcUrl: server.url });
    const claude = await standInClaude(at);
    await put(at, content);
    const before = await readFile(at.configuration, "utf8");
    const said = await at.run("connect");
    expect(said).toMatchObject({ code: 1, err: expect.stringContaining("--force") });
    expect(said.err).not.toContain("cbt_");
    expect(await readFile(at.configuration, "utf8")).toBe(before);
    expect(server.made).toEqual([]);
    expect(await claude()).toEqual([]);
  });

  test("another server's: on a terminal it asks, and a no leaves it", async () => {
    const server = await controlServer();
    const at = await home({ grpcUrl: server.url });
    await put(at, foreign);
    at.answer = false;
    expect((await at.run("connect")).code).toBe(1);
    expect(at.questions).toEqual([expect.stringContaining("https://box.example.org")]);
    expect(await written(at.configuration)).toEqual(foreign);
  });

  test.each([
    ["a yes", true, []],
    ["--force", null, ["--force"]],
  ])("another server's: %s replaces all of it, and keeps the old one", async (_, answer, args) => {
    const server = await controlServer();
    const at = await home({ grpcUrl: server.url });
    await put(at, foreign);
    at.answer = answer;
    expect((await at.run("connect", ...args)).code).toBe(0);
    expect(await written(at.configuration)).toEqual({ remote: server.url, connectionToken: "cbt_made_1" });
    expect(await written(backup(at))).toEqual(foreign);
  });

  test("--session names the lane, also in a configuration that is kept", async () => {
    const server = await controlServer();
    const at = await home({ grpcUrl: server.url });
    await at.run("connect");
    await at.run("connect", "--session", "deploys");
    const expected = { remote: server.url, connectionToken: "cbt_made_1", session: "deploys" };
    expect(await written(at.configuration)).toEqual(expected);
    expect((await at.run("connect", "--session", "No Tag!")).code).toBe(1);
  });

  test('--session "" leads back to the untagged lane', async () => {
    const server = await controlServer();
    const at = await home({ grpcUrl: server.url });
    await at.run("connect", "--session", "deploys");
    const said = await at.run("connect", "--session", "");
    expect(said).toMatchObject({ code: 0, err: "" });
    expect(said.out).toContain("its sessions now serve lane (untagged).\n");
    expect(said.out).toContain("npm run trigger -- github pull_request.opened\n");
    expect(await written(at.configuration)).toEqual({ remote: server.url, connectionToken: "cbt_made_1" });
    expect((await at.run("connect", "--session", "")).out).toContain("it is connected to this server");
    server.tokens.clear();
    server.tokens.add(ADMIN_TOKEN);
    expect((await at.run("connect", "--session", "")).code).toBe(0);
    expect(await written(at.configuration)).toEqual({ remote: server.url, connectionToken: "cbt_made_2" });
  });

  test("what is named to be tried next goes to the lane that the configuration names", async () => {
    const server = await controlServer();
    const at = await home({ grpcUrl: server.url });
    const next = "npm run trigger -- github pull_request.opened";
    expect((await at.run("connect")).out).toContain(`${next}\n`);
    expect((await at.run("connect", "--session", "deploys")).out).toContain(`${next} --session deploys\n`);
    expect((await at.run("connect")).out).toContain(`${next} --session deploys\n`);
    server.tokens.delete("cbt_made_1");
    expect((await at.run("connect")).out).toContain(`${next} --session deploys\n`);
  });

  test("one that others could read is its owner's alone afterwards, and that is told", async () => {
    const server = await controlServer();
    const at = await home({ grpcUrl: server.url });
    await at.run("connect");
    await chmod(at.configuration, 0o644);
    expect((await at.run("connect")).out).toContain("yours alone now");
    expect((await stat(at.configuration)).mode & 0o777).toBe(0o600);
    expect((await at.run("connect")).out).not.toContain("yours alone now");
  });

  test("SIGNALBOX_CONFIG, then CLAUDE_CONFIG_DIR, say where it is", async () => {
    const server = await controlServer();
    const at = await home({ grpcUrl: server.url });
    at.env.CLAUDE_CONFIG_DIR = join(at.folder, "other");
    await at.run("connect");
    expect(await written(join(at.folder, "other", "channels", "signalbox", "config.json"))).toBeDefined();
    at.env.SIGNALBOX_CONFIG = join(at.folder, "mine.json");
    await at.run("connect");
    expect(await written(join(at.folder, "mine.json"))).toBeDefined();
  });
});

describe("the server", () => {
  test("that never ran is named, and nothing is written", async () => {
    const at = await home();
    const said = await at.run("connect");
    expect(said).toMatchObject({ code: 1, err: expect.stringContaining("npm start") });
    await expect(stat(at.configuration)).rejects.toThrow("ENOENT");
  });

  test("that is down is named, and a configuration that is there is untouched", async () => {
    const server = await controlServer();
    const at = await home({ grpcUrl: server.url });
    await put(at, { remote: server.url, connectionToken: "cbt_dead" });
    server.close();
    const said = await at.run("connect");
    expect(said).toMatchObject({
      code: 1,
      err: expect.stringContaining(`no server answers at ${server.url}`),
    });
    expect(said.err.trim()).not.toContain("\n");
    await expect(stat(backup(at))).rejects.toThrow("ENOENT");
  });
});

describe("the plugin", () => {
  test("is installed from this clone where claude is on the PATH", async () => {
    const server = await controlServer();
    const at = await home({ grpcUrl: server.url });
    const claude = await standInClaude(at);
    const said = await at.run("connect");
    expect(said).toMatchObject({ code: 0, out: expect.stringContaining("plain `claude`") });
    expect(await claude()).toEqual(INSTALLATION);
  });

  test("that is already there is no failure", async () => {
    const server = await controlServer();
    const at = await home({ grpcUrl: server.url });
    const claude = await standInClaude(at, 'echo "Marketplace already installed" >&2; exit 1');
    expect((await at.run("connect")).code).toBe(0);
    expect(await claude()).toEqual(INSTALLATION);
  });

  test("that fails to install is told with what claude said, and the configuration stands", async () => {
    const server = await controlServer();
    const at = await home({ grpcUrl: server.url });
    const claude = await standInClaude(at, 'echo "blocked by policy" >&2; exit 3');
    const said = await at.run("connect");
    expect(said).toMatchObject({ code: 1, err: expect.stringContaining("blocked by policy") });
    expect(await claude()).toEqual(INSTALLATION.slice(0, 1));
    expect(await written(at.configuration)).toMatchObject({ remote: server.url });
  });

  test("without claude on the PATH, the two lines are printed", async () => {
    const server = await controlServer();
    const at = await home({ grpcUrl: server.url });
    const said = await at.run("connect");
    expect(said.code).toBe(0);
    for (const line of BY_HAND) expect(said.out).toContain(`  claude ${line}\n`);
  });

  test("of an older build is brought up to date, and that it is so now is looked at", async () => {
    const server = await controlServer();
    const at = await home({ grpcUrl: server.url });
    const copy = await oldCopy(at);
    await noteInstalled(at, copy);
    const claude = await standInClaude(
      at,
      `case "$*" in *install*) echo "already installed"; exit 1;; "plugin update"*) /bin/cp '${CLONE}/plugin/dist/server.mjs' '${copy}/dist/';; esac`,
    );
    const said = await at.run("connect");
    expect(said).toMatchObject({
      code: 0,
      err: "",
      out: expect.stringContaining(`is installed from ${CLONE}`),
    });
    expect(said.out).toContain("started again");
    expect(await claude()).toEqual(INSTALLATION);
  });

  test("that stays of an older build is not called this clone's, and the lines are told that install it anew", async () => {
    const server = await controlServer();
    const at = await home({ grpcUrl: server.url });
    const copy = await oldCopy(at);
    await noteInstalled(at, copy);
    await standInClaude(at, 'echo "already at the latest version"');
    const said = await at.run("connect");
    expect(said.code).toBe(0);
    expect(said.out).not.toContain("is installed from");
    expect(said.err).toContain(`its copy in ${copy} is not this clone's`);
    expect(said.err).toContain("claude plugin uninstall signalbox@signalbox --keep-data");
  });

  test("is not taken for missing because a client can't refresh it; what it said is told where the copy stays old", async () => {
    const server = await controlServer();
    const at = await home({ grpcUrl: server.url });
    await standInClaude(at, 'case "$*" in *update*) echo "unknown command"; exit 1;; esac');
    await noteInstalled(at, `${CLONE}/plugin`);
    expect(await at.run("connect")).toMatchObject({ code: 0, err: "" });
    await noteInstalled(at, await oldCopy(at));
    expect(await at.run("connect")).toMatchObject({
      code: 0,
      err: expect.stringContaining("unknown command"),
    });
  });

  test("whose copy can't be found is not called this clone's either", async () => {
    const server = await controlServer();
    const at = await home({ grpcUrl: server.url });
    await standInClaude(at);
    expect((await at.run("connect")).out).toContain("whether it is this clone's can't be told");
  });

  test.each([
    ["2.1.328 (Claude Code)", true],
    ["2.0.400 (Claude Code)", true],
    ["2.1.329 (Claude Code)", false],
    ["2.2.0 (Claude Code)", false],
    ["10.0.0", false],
    ["no version", false],
  ])("in Claude Code %s is warned of (%s)", async (version, warned) => {
    const server = await controlServer();
    const at = await home({ grpcUrl: server.url });
    await standInClaude(at, "exit 0", version);
    const said = await at.run("connect");
    expect(said.code).toBe(0);
    expect(/is older than 2\.1\.329.*asyncRewake/.test(said.err)).toBe(warned);
  });
});

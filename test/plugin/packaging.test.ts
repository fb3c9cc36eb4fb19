import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { bundlePlugin } from "../../scripts/build-plugin.ts";
import { Rig } from "./core-rig.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const text = (path: string) => readFileSync(`${root}${path}`, "utf8");
const json = (path: string) => JSON.parse(text(path));

test("the committed bundle is the one that the sources make; the same sources make the same bytes", async () => {
  const [one, two] = [await bundlePlugin(), await bundlePlugin()];
  expect([...one.keys()]).toEqual([
    "plugin/dist/server.mjs",
    "plugin/dist/wait.mjs",
    "plugin/.claude-plugin/plugin.json",
  ]);
  for (const [path, made] of one) {
    expect(two.get(path) === made).toBe(true);
    expect(text(path) === made, `${path} is stale: run node scripts/build-plugin.ts`).toBe(true);
    expect(made).not.toContain(root);
  }
});

test("the plugin's version is another wherever what runs is another, and says itself in the bundle", async () => {
  const made = await bundlePlugin();
  const { version } = JSON.parse(made.get("plugin/.claude-plugin/plugin.json") ?? "{}");
  expect(made.get("plugin/dist/server.mjs")).toContain(`"${version}"`);
  const other = await bundlePlugin(["plugin/.mcp.json"]);
  expect(JSON.parse(other.get("plugin/.claude-plugin/plugin.json") ?? "{}").version).not.toBe(version);
});

test("the plugin shares with the server only what is generated, and its core does no I/O", () => {
  const files = readdirSync(`${root}plugin/src`, { recursive: true, encoding: "utf8" }).filter((path) =>
    path.endsWith(".ts"),
  );
  expect(files.length).toBeGreaterThan(50);
  for (const file of files) {
    const from = `plugin/src/${file}`;
    for (const [, path = ""] of text(from).matchAll(/from "([^"]+)"/g)) {
      if (path.startsWith(".")) expect(join(dirname(from), path), from).toMatch(/^(plugin\/|proto\/gen\/)/);
      if (file.startsWith("core/")) expect(path, from).not.toMatch(/^node:|edges\//);
    }
  }
});

test("the marketplace names the plugin, and the plugin has what a directory asks for", () => {
  const { name, plugins } = json(".claude-plugin/marketplace.json");
  expect(name).toBe("signalbox");
  expect(plugins).toMatchObject([{ name: "signalbox", source: "./plugin" }]);
  expect(json("plugin/.claude-plugin/plugin.json")).toMatchObject({
    name: "signalbox",
    version: expect.stringMatching(/^0\.1\.0\+[0-9a-f]{12}$/),
    description: expect.stringMatching(/.{40,}/),
    author: { name: expect.stringMatching(/\S/) },
    license: "MIT",
  });
  expect(text("plugin/README.md").split(/\s+/).length).toBeGreaterThan(40);
  expect(text("plugin/LICENSE")).toBe(text("LICENSE"));
  const icon = readFileSync(`${root}plugin/.claude-plugin/icon.png`);
  expect(icon.subarray(0, 8).toString("latin1")).toBe("\x89PNG\r\n\x1a\n");
  const [width, height] = [icon.readUInt32BE(16), icon.readUInt32BE(20)];
  expect(width).toBe(height);
  expect(width).toBeGreaterThanOrEqual(512);
  expect(width).toBeLessThanOrEqual(2048);
});

test("what the plugin's own files name in its folder is there, and nothing of them is to be had from elsewhere", () => {
  const named = (path: string) =>
    [...text(path).matchAll(/\$\{CLAUDE_PLUGIN_ROOT\}\/([\w./-]+)/g)].map(([, file = ""]) => file);
  const files = [...named("plugin/.mcp.json"), ...named("plugin/hooks/hooks.json")];
  expect(files.length).toBeGreaterThan(2);
  for (const file of files) expect(existsSync(`${root}plugin/${file}`), file).toBe(true);
  // A copy of the folder runs as it is: no install step, and nothing outside of it.
  expect(existsSync(`${root}plugin/package.json`)).toBe(false);
  expect(`${text("plugin/.mcp.json")}${text("plugin/hooks/hooks.json")}`).not.toMatch(/\.\.\/|https?:/);
});

test("the server and the waiter are started in exec form, from the plugin's own folder", () => {
  const { command, args } = json("plugin/.mcp.json").mcpServers.box;
  const { hooks } = json("plugin/hooks/hooks.json");
  const commands = [{ command, args }];
  for (const event of ["SessionStart", "UserPromptSubmit"]) {
    const waiter = hooks[event][0].hooks.find(({ type }: { type: string }) => type === "command");
    expect(waiter).toMatchObject({ asyncRewake: true, timeout: 1_728_000 });
    commands.push(waiter);
  }
  for (const one of commands) {
    expect(one.command).toBe("node");
    expect(existsSync(one.args[0].replace("${CLAUDE_PLUGIN_ROOT}", `${root}plugin`))).toBe(true);
  }
});

test("every hook calls a tool that there is, with inputs that it knows", async () => {
  const { hooks } = json("plugin/hooks/hooks.json");
  const tools = new Map(new Rig().box.tools.map((tool) => [tool.name, tool]));
  const called = Object.entries(hooks).flatMap(([event, groups]) =>
    (groups as { hooks: { type: string; server: string; tool: string; input: Record<string, string> }[] }[])
      .flatMap((group) => group.hooks)
      .filter(({ type }) => type === "mcp_tool")
      .map((hook) => ({ event, ...hook })),
  );
  expect(called.map(({ event }) => event)).toEqual(
    expect.arrayContaining([
      "SessionStart",
      "UserPromptSubmit",
      "PreToolUse",
      "PostToolUse",
      "Stop",
      "StopFailure",
      "Notification",
    ]),
  );
  for (const { event, server, tool, input } of called) {
    expect(server).toBe("plugin:signalbox:box");
    expect(input.event).toBe(event);
    const known = Object.keys(tools.get(tool)?.input.shape ?? {});
    for (const key of Object.keys(input)) expect(known).toContain(key);
  }
});

test("each skill is called as its folder is, says what it is for, and names tools that are there", async () => {
  const skills = readdirSync(`${root}plugin/skills`);
  expect(skills).toContain("status");
  const { box } = await Rig.online();
  const tools = box.tools.map(({ name }) => `mcp__plugin_signalbox_box__${name}`);
  const build = text("scripts/build-plugin.ts");
  for (const skill of skills) {
    // Else an installed copy would keep the old words.
    expect(build).toContain(`plugin/skills/${skill}/SKILL.md`);
    const words = text(`plugin/skills/${skill}/SKILL.md`);
    const [, head = "", body = ""] = /^---\n([\s\S]*?)\n---\n([\s\S]+)$/.exec(words) ?? [];
    expect(head).toContain(`name: ${skill}\n`);
    expect(/^description: .{40,}$/m.test(head), `${skill} says what it is for`).toBe(true);
    const named = [...body.matchAll(/mcp__\w+/g)].map(([tool]) => tool);
    expect(named.length).toBeGreaterThan(0);
    for (const tool of named) expect(tools).toContain(tool);
  }
});

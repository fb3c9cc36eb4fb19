import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { Fixture, pluginDir } from "./fixture/fixture.ts";

const silent = async () => undefined;

test("the server is probed for the newer protocol, initialized, and asked for its tools", async () => {
  const fixture = await Fixture.open();
  const client = await fixture.start(silent);
  await fixture.until(() => fixture.heard("tools/list").length === 1);
  expect(fixture.news.map(({ heard }) => heard)).toEqual([
    "server/discover",
    "initialize",
    "notifications/initialized",
    "tools/list",
  ]);
  expect(client.transcript.of("server-connected")).toMatchObject([
    { server: "plugin:fix:box", channel: true, instructions: "Handle what comes through the box." },
  ]);
});

test("a server that answers the probe otherwise than with -32601 is not connected", async () => {
  const fixture = await Fixture.open();
  const accepts = await fixture.start(silent, { env: { FIXTURE_PROBE: "accepts" } });
  expect(accepts.transcript.of("server-failed")[0]?.error).toContain("must refuse it with -32601");
  const breaks = await fixture.start(silent, { env: { FIXTURE_PROBE: "breaks" } });
  expect(breaks.transcript.of("server-failed")[0]?.error).toContain("no session yet");
});

test("every tool is deferred but those that ask to be always loaded", async () => {
  const fixture = await Fixture.open();
  const client = await fixture.start(silent);
  expect(client.transcript.of("server-connected")[0]?.tools).toEqual([
    { name: "mcp__plugin_fix_box__event_take", deferred: false },
    { name: "mcp__plugin_fix_box__event_ack", deferred: false },
    { name: "mcp__plugin_fix_box__other", deferred: true },
    { name: "mcp__plugin_fix_box__hook", deferred: true },
  ]);
});

test("server and hooks find in their environment what the client puts there, and each its own", async () => {
  const fixture = await Fixture.open();
  const client = await fixture.start(silent, { sessionId: "session-1" });
  const waiter = await fixture.until(() => fixture.waiters()[0]);
  const { configDir } = fixture.options;
  const both = {
    CLAUDE_CONFIG_DIR: configDir,
    CLAUDE_PROJECT_DIR: fixture.folder,
    CLAUDE_PLUGIN_ROOT: pluginDir,
    CLAUDE_PLUGIN_DATA: `${configDir}/plugins/data/fix-inline`,
    CLAUDE_CODE_ENTRYPOINT: "cli",
  };
  expect(fixture.server.env).toMatchObject({ ...both, CLAUDE_CODE_SESSION_ID: "session-1" });
  expect(fixture.server.env).not.toHaveProperty("CLAUDE_PID");
  expect(waiter.env).toMatchObject({
    ...both,
    CLAUDE_CODE_SESSION_ATTENDED: "1",
    CLAUDE_PID: String(client.pid),
  });
  expect(waiter.env).not.toHaveProperty("CLAUDE_CODE_SESSION_ID");
  expect(fixture.server.ppid).toBe(client.pid);
  expect(waiter.ppid).toBe(client.pid);
});

test("a headless session says so, and an older client leaves out what it does not know", async () => {
  const fixture = await Fixture.open();
  await fixture.start(silent, {
    entrypoint: "sdk-cli",
    withoutEnv: ["CLAUDE_CODE_SESSION_ID", "CLAUDE_PID"],
  });
  const waiter = await fixture.until(() => fixture.waiters()[0]);
  expect(waiter.env).toMatchObject({ CLAUDE_CODE_ENTRYPOINT: "sdk-cli", CLAUDE_CODE_SESSION_ATTENDED: "0" });
  expect(waiter.env).not.toHaveProperty("CLAUDE_PID");
  expect(fixture.server.env).not.toHaveProperty("CLAUDE_CODE_SESSION_ID");
});

test("placeholders in .mcp.json are expanded, with defaults, and unknown ones stay", async () => {
  const fixture = await Fixture.open();
  await fixture.start(silent);
  const { EXPANDED, CLAUDE_PLUGIN_DATA } = fixture.server.env;
  expect(EXPANDED).toBe(`${CLAUDE_PLUGIN_DATA}|fallback|\${NOT_SET}`);
});

test("servers and hooks run on the Node that is named", async () => {
  const fixture = await Fixture.open();
  const others = execFileSync("which", ["-a", "node"], { encoding: "utf8" }).trim().split("\n");
  const node = others.at(-1) ?? process.execPath;
  const version = execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
  await fixture.start(silent, { node });
  const waiter = await fixture.until(() => fixture.waiters()[0]);
  expect([fixture.server.node, waiter.node]).toEqual([version, version]);
});

test("a server without a plugin has its plain name and no hooks", async () => {
  const fixture = await Fixture.open();
  const command = { command: "node", args: [`${pluginDir}/server.mjs`] };
  const client = await fixture.start(silent, { load: { mcpServers: { bare: command } } });
  fixture.emit({ content: "hello" });
  const begin = await client.transcript.until(() => client.transcript.of("turn-begin")[0]);
  expect(begin.reads).toBe('<channel source="bare">\nhello\n</channel>');
  expect(client.transcript.of("server-connected")[0]?.tools[0]?.name).toBe("mcp__bare__event_take");
  expect(fixture.server.env).not.toHaveProperty("CLAUDE_PLUGIN_ROOT");
  await client.untilIdle();
  expect(fixture.hookCalls).toEqual([]);
});

test("a plugin's hooks can be switched off, its server keeps the plugin's name", async () => {
  const fixture = await Fixture.open();
  const client = await fixture.start(silent, { hooks: false });
  await client.prompt("hello");
  await client.transcript.until(() => client.transcript.of("turn-end")[0]);
  expect(client.transcript.of("hook")).toEqual([]);
  expect(client.transcript.of("server-connected")[0]?.server).toBe("plugin:fix:box");
});

test("a server that dies is not started again, and what calls it fails without harm", async () => {
  const fixture = await Fixture.open();
  const client = await fixture.start(async (turn) => (await turn.callTool("event_take")).text);
  fixture.server.tell({ exit: 7 });
  await client.transcript.until(() => client.transcript.of("server-exit")[0]?.code === 7);
  await client.prompt("take it");
  const { message } = await client.transcript.until(() => client.transcript.of("turn-end")[0]);
  expect(message).toContain("No such tool available");
  expect(client.transcript.of("server-start")).toHaveLength(1);
  expect(client.transcript.of("hook").find(({ event }) => event === "Stop")?.outcome).toBe("not-connected");
});

test("what is not MCP on a server's stdout is told, and the conversation goes on", async () => {
  const fixture = await Fixture.open();
  const client = await fixture.start(silent);
  fixture.server.tell({ noise: "listening on port 1" });
  fixture.emit({ content: "hello" });
  await client.transcript.until(() => client.transcript.of("turn-begin")[0]);
  expect(client.transcript.of("server-noise")).toMatchObject([{ line: "listening on port 1" }]);
});

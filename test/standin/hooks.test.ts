import { expect, test } from "vitest";
import type { ClaudeTurn } from "./claude-script.ts";
import { FAILS, Fixture } from "./fixture/fixture.ts";

const silent = async () => undefined;
const useBash = async (turn: ClaudeTurn) =>
  (await turn.useTool("Bash", { command: "ls", a: { b: [1] } })).next.text;

/** A hook's answer for its own event. */
function about(event: string, specific: Record<string, unknown>): () => Record<string, unknown> {
  return () => ({ hookSpecificOutput: { hookEventName: event, ...specific } });
}

test("at startup the server's tool is not called, and command hooks run before it is connected", async () => {
  const fixture = await Fixture.open();
  const client = await fixture.start(silent);
  expect(fixture.hooksFor("SessionStart")).toEqual([]);
  expect(client.transcript.of("hook")[0]).toMatchObject({ event: "SessionStart", outcome: "not-connected" });
  const kinds = client.transcript.entries.map(({ kind }) => kind);
  expect(kinds.indexOf("waiter-start")).toBeLessThan(kinds.indexOf("server-start"));
});

test("a server that is connected already is called at startup, too", async () => {
  const fixture = await Fixture.open();
  fixture.hookAnswers.SessionStart = about("SessionStart", { additionalContext: "from the start" });
  const client = await fixture.start(silent, { connectsBeforeSessionStart: true });
  expect(fixture.hooksFor("SessionStart")).toMatchObject([{ source: "startup" }]);
  await client.prompt("go");
  const { reads } = await client.transcript.until(() => client.transcript.of("turn-begin")[0]);
  expect(reads).toContain("from the start");
});

test("placeholders in a hook's input are paths into what the hook is told; missing ones are empty", async () => {
  const fixture = await Fixture.open();
  const client = await fixture.start(useBash);
  await client.prompt("go");
  const call = await fixture.until(() => fixture.hooksFor("PreToolUse")[0]);
  expect(call).toEqual({
    event: "PreToolUse",
    session: client.sessionId,
    tool: "Bash",
    command: "ls",
    deep: { list: ["[1]", ""] },
  });
});

test("matchers are exact names or regular expressions of the tool's full name", async () => {
  const fixture = await Fixture.open();
  const client = await fixture.start(
    async (turn) => {
      await turn.useTool("Write", {});
      await turn.useTool("WriteAll", {});
      await turn.callTool("event_take");
    },
    { permissionMode: "bypassPermissions" },
  );
  await client.prompt("go");
  await client.transcript.until(() => client.transcript.of("turn-end")[0]);
  expect(fixture.hooksFor("PreToolUse-exact")).toMatchObject([{ tool: "Write" }]);
  expect(fixture.hooksFor("PreToolUse-regex")).toMatchObject([{ tool: "mcp__plugin_fix_box__event_take" }]);
});

test("PreToolUse denies a call and Claude reads the reason; the tool does not run", async () => {
  const fixture = await Fixture.open();
  const deny = { permissionDecision: "deny", permissionDecisionReason: "interrupted by evt_2" };
  fixture.hookAnswers.PreToolUse = about("PreToolUse", deny);
  const client = await fixture.start(async (turn) => {
    const { outcome, text } = await turn.useTool("Bash", {}, async () => {
      throw new Error("it ran");
    });
    return `${outcome}: ${text}`;
  });
  await client.prompt("go");
  const end = await client.transcript.until(() => client.transcript.of("turn-end")[0]);
  expect(end.message).toBe("denied: interrupted by evt_2");
  expect(fixture.hooksFor("PostToolUse")).toEqual([]);
});

test("a hook's context stands beside the prompt, and beside the tool's answer", async () => {
  const fixture = await Fixture.open();
  fixture.hookAnswers.UserPromptSubmit = about("UserPromptSubmit", { additionalContext: "with the prompt" });
  fixture.hookAnswers.PostToolUse = about("PostToolUse", { additionalContext: "with the answer" });
  const client = await fixture.start(useBash);
  await client.prompt("go");
  const end = await client.transcript.until(() => client.transcript.of("turn-end")[0]);
  expect(client.transcript.of("turn-begin")[0]?.reads).toMatch(/^go.*with the prompt/s);
  expect(end.message).toContain("with the answer");
});

test("hooks' own tool calls pass no hook; the model's calls of the same tool do, and can be denied", async () => {
  const fixture = await Fixture.open();
  const deny = { permissionDecision: "deny", permissionDecisionReason: "only hooks call this" };
  fixture.hookAnswers["PreToolUse-regex"] = about("PreToolUse", deny);
  const client = await fixture.start(async (turn) => {
    await turn.searchTools("hook");
    return (await turn.callTool("hook", { event: "by the model" })).text;
  });
  await client.prompt("go");
  const end = await client.transcript.until(() => client.transcript.of("turn-end")[0]);
  expect(end.message).toBe("only hooks call this");
  expect(fixture.hooksFor("by the model")).toEqual([]);
  expect(fixture.hooksFor("PreToolUse-regex")).toHaveLength(1);
});

test("PostToolUse names the call it belongs to, also for the plugin's own tools; failures have a hook of their own", async () => {
  const fixture = await Fixture.open();
  fixture.tools.event_ack = () => ({ content: [{ type: "text", text: "no such event" }], isError: true });
  const client = await fixture.start(
    async (turn) => {
      await turn.callTool("event_take");
      return (await turn.callTool("event_ack")).outcome;
    },
    { permissionMode: "bypassPermissions" },
  );
  await client.prompt("go");
  const end = await client.transcript.until(() => client.transcript.of("turn-end")[0]);
  expect(end.message).toBe("failed");
  expect(fixture.hooksFor("PostToolUse")).toMatchObject([
    { tool: "mcp__plugin_fix_box__event_take", tool_use_id: client.transcript.of("tool-call")[0]?.id },
  ]);
  expect(fixture.hooksFor("PostToolUseFailure")).toMatchObject([{ tool: "mcp__plugin_fix_box__event_ack" }]);
});

const HARMLESS: [string, () => unknown][] = [
  ["fails", () => FAILS],
  ["answers what is no JSON of a hook", () => ({ decision: "perhaps" })],
  ["answers for another event", about("PreToolUse", { additionalContext: "x" })],
];

test.for(HARMLESS)("a hook that %s blocks nothing", async ([, answer]) => {
  const fixture = await Fixture.open();
  fixture.hookAnswers.UserPromptSubmit = answer;
  const client = await fixture.start(silent);
  await client.prompt("go");
  const { reads } = await client.transcript.until(() => client.transcript.of("turn-begin")[0]);
  expect(reads).toBe("go");
  expect(client.transcript.of("hook").find(({ event }) => event === "UserPromptSubmit")?.outcome).toBe(
    "failed",
  );
});

test("exit code 2 of a command hook blocks, other codes do not", async () => {
  const fixture = await Fixture.open();
  fixture.commandHook = () => ({ code: 3, stderr: "broken" });
  const failed = await fixture.start(silent);
  expect(failed.transcript.of("hook").find(({ type }) => type === "command")?.outcome).toBe("failed");
  fixture.commandHook = () => ({ code: 2, stderr: "blocked" });
  const blocked = await fixture.start(silent);
  expect(blocked.transcript.of("hook").find(({ type }) => type === "command")).toMatchObject({
    outcome: "blocked",
    output: "blocked",
  });
});

test("a command hook's plain text at the start of a session is context for the next request", async () => {
  const fixture = await Fixture.open();
  fixture.commandHook = () => ({ stdout: "plain words" });
  const client = await fixture.start(silent);
  await client.prompt("go");
  const { reads } = await client.transcript.until(() => client.transcript.of("turn-begin")[0]);
  expect(reads).toContain("plain words");
});

test("a hook that takes longer than its timeout decides nothing", async () => {
  const fixture = await Fixture.open();
  const hook = {
    type: "mcp_tool",
    server: "plugin:fix:box",
    tool: "hook",
    input: { event: "slow" },
    timeout: 0.02,
  };
  fixture.hookAnswers.slow = () => new Promise(() => {});
  const dir = fixture.pluginWith({ UserPromptSubmit: [{ hooks: [hook] }] });
  const client = await fixture.start(silent, { load: { pluginDir: dir } });
  await client.prompt("go");
  await client.transcript.until(() => client.transcript.of("turn-end")[0]);
  expect(client.transcript.of("hook")).toMatchObject([{ event: "UserPromptSubmit", outcome: "timed-out" }]);
});

test("a waiter that outlives its timeout is ended and wakes nobody", async () => {
  const fixture = await Fixture.open();
  const args = ["${CLAUDE_PLUGIN_ROOT}/wait.mjs"];
  const hook = { type: "command", command: "node", args, asyncRewake: true, timeout: 0.02 };
  const dir = fixture.pluginWith({ SessionStart: [{ hooks: [hook] }] });
  const client = await fixture.start(silent, { load: { pluginDir: dir } });
  const exit = await client.transcript.until(() => client.transcript.of("waiter-exit")[0]);
  expect(exit).toMatchObject({ code: null, signal: "SIGTERM" });
  expect(client.transcript.of("arrival")).toEqual([]);
});

test("a command without args is a line for the shell, with placeholders expanded first", async () => {
  const fixture = await Fixture.open();
  const hook = { type: "command", command: 'read input; echo "${CLAUDE_PROJECT_DIR} $CLAUDE_PID"; exit 0' };
  const dir = fixture.pluginWith({ SessionStart: [{ hooks: [hook] }] });
  const client = await fixture.start(silent, { load: { pluginDir: dir } });
  expect(client.transcript.of("hook")).toMatchObject([
    { outcome: "answered", output: `${fixture.folder} ${client.pid}\n` },
  ]);
});

test("a plugin whose hooks the client could not read is refused by name", async () => {
  const fixture = await Fixture.open();
  const dir = fixture.pluginWith({ Stop: [{ hooks: [{ type: "mcp_tool", tool: "hook" }] }] });
  await expect(fixture.start(silent, { load: { pluginDir: dir } })).rejects.toThrow(
    /hooks\.json is not what/,
  );
});

import { expect, test } from "vitest";
import type { ClaudeTurn } from "./claude-script.ts";
import { Fixture } from "./fixture/fixture.ts";

const take = async (turn: ClaudeTurn) => (await turn.callTool("event_take", { wait_seconds: 0 })).outcome;
const TOOL = "mcp__plugin_fix_box__event_take";

async function asked() {
  const fixture = await Fixture.open();
  const client = await fixture.start(take);
  await client.prompt("go");
  const { id } = await client.transcript.until(() => client.transcript.of("dialog-open")[0]);
  return {
    fixture,
    client,
    id,
    end: () => client.transcript.until(() => client.transcript.of("turn-end")[0]),
  };
}

test("in manual mode a server's tool opens a dialog, which stays open until the user answers", async () => {
  const { client, end } = await asked();
  expect(client.transcript.of("dialog-open")).toMatchObject([{ tool: TOOL, input: { wait_seconds: 0 } }]);
  await client.answerDialog("allow");
  expect((await end()).message).toBe("answered");
});

test("a denial is an answer for Claude", async () => {
  const { client, end } = await asked();
  await client.answerDialog("deny");
  expect((await end()).message).toBe("denied");
});

test.for([
  ["allow", "answered"],
  ["deny", "denied"],
] as const)("a PermissionRequest hook that says %s closes the open dialog", async ([behavior, outcome]) => {
  const fixture = await Fixture.open();
  fixture.hookAnswers.PermissionRequest = async () => {
    await client.transcript.until(() => client.transcript.of("dialog-open")[0]);
    return { hookSpecificOutput: { hookEventName: "PermissionRequest", decision: { behavior } } };
  };
  const client = await fixture.start(take);
  await client.prompt("go");
  const end = await client.transcript.until(() => client.transcript.of("turn-end")[0]);
  expect(end.message).toBe(outcome);
  expect(client.transcript.of("dialog-close")).toMatchObject([{ by: "hook", behavior }]);
  expect(fixture.hooksFor("PermissionRequest")).toMatchObject([{ tool: TOOL, input: '{"wait_seconds":0}' }]);
});

test("an answer in the terminal wins over a hook that is still thinking, and cancels it", async () => {
  const fixture = await Fixture.open();
  fixture.hookAnswers.PermissionRequest = () => new Promise(() => {});
  const client = await fixture.start(take);
  await client.prompt("go");
  await fixture.until(() => fixture.hooksFor("PermissionRequest")[0]);
  await client.answerDialog("allow");
  await client.transcript.until(() =>
    client.transcript.of("hook").some(({ outcome }) => outcome === "aborted"),
  );
  expect(client.transcript.of("dialog-close")).toMatchObject([{ by: "user" }]);
  await fixture.until(() => fixture.heard("notifications/cancelled")[0]);
});

test("PreToolUse that allows opens no dialog; one that asks opens it for any tool", async () => {
  const fixture = await Fixture.open();
  fixture.hookAnswers.PreToolUse = ({ tool }) => ({
    hookSpecificOutput: {
      hookEventName: "PreToolUse",
      permissionDecision: tool === "Read" ? "ask" : "allow",
    },
  });
  const client = await fixture.start(async (turn) => {
    await turn.callTool("event_take");
    await turn.useTool("Read", {});
  });
  await client.prompt("go");
  await client.transcript.until(() => client.transcript.of("dialog-open")[0]);
  await client.answerDialog("allow");
  await client.transcript.until(() => client.transcript.of("turn-end")[0]);
  expect(client.transcript.of("dialog-open")).toMatchObject([{ tool: "Read" }]);
});

test("a built-in tool that is not allowed asks, too", async () => {
  const fixture = await Fixture.open();
  const client = await fixture.start(async (turn) => void (await turn.useTool("Bash", {})), {
    allowedTools: [],
  });
  await client.prompt("go");
  await client.transcript.until(() => client.transcript.of("dialog-open")[0]);
});

test("a headless session has no dialog: what would ask is refused", async () => {
  const fixture = await Fixture.open();
  const client = await fixture.start(take, { entrypoint: "sdk-cli" });
  await client.prompt("go");
  const end = await client.transcript.until(() => client.transcript.of("turn-end")[0]);
  expect(end.message).toBe("denied");
  expect(client.transcript.of("dialog-open")).toEqual([]);
});

test("Esc closes an open dialog with its turn", async () => {
  const { client } = await asked();
  await client.pressEsc();
  expect(client.transcript.of("dialog-close")).toMatchObject([{ by: "esc" }]);
  expect(client.transcript.of("turn-end")).toMatchObject([{ how: "esc" }]);
  await expect(client.answerDialog("allow")).rejects.toThrow("no dialog is open");
});

test("the notification of an open dialog fires after a while", async () => {
  const fixture = await Fixture.open();
  const client = await fixture.start(take, { timings: { permissionPromptMs: 20 } });
  await client.prompt("go");
  await fixture.until(() =>
    fixture.hooksFor("Notification").find(({ type }) => type === "permission_prompt"),
  );
});

test("a request is relayed to the channel server, whose answer decides; unknown ids are ignored", async () => {
  const { fixture, client, id, end } = await asked();
  const relayed = await fixture.until(
    () => fixture.heard("notifications/claude/channel/permission_request")[0],
  );
  expect(relayed.params).toEqual({
    request_id: id,
    tool_name: TOOL,
    description: "The tool event_take.",
    input_preview: '{"wait_seconds":0}',
  });
  expect(id).toMatch(/^[a-km-z]{5}$/);
  const method = "notifications/claude/channel/permission";
  fixture.notify({ method, params: { request_id: "lllll", behavior: "deny" } });
  fixture.notify({ method, params: { request_id: id, behavior: "allow" } });
  expect((await end()).message).toBe("answered");
  expect(client.transcript.of("relay-ignored")).toMatchObject([{ requestId: "lllll" }]);
  expect(client.transcript.of("dialog-close")).toMatchObject([{ by: "relay", behavior: "allow" }]);
});

test("nothing is relayed to a server that did not declare it, or without the channel", async () => {
  for (const options of [{ env: { FIXTURE_EXPERIMENTAL: '{"claude/channel":{}}' } }, { channel: false }]) {
    const fixture = await Fixture.open();
    const client = await fixture.start(take, options);
    await client.prompt("go");
    await client.transcript.until(() => client.transcript.of("dialog-open")[0]);
    await client.answerDialog("allow");
    await client.transcript.until(() => client.transcript.of("turn-end")[0]);
    await fixture.until(() => fixture.hooksFor("Stop")[0]);
    expect(fixture.heard("notifications/claude/channel/permission_request")).toEqual([]);
  }
});

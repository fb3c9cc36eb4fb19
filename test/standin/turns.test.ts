import { expect, test } from "vitest";
import { ApiFailure } from "./claude-script.ts";
import { Fixture } from "./fixture/fixture.ts";

const silent = async () => undefined;

test("a Stop hook that blocks makes Claude go on, and tells a repeat", async () => {
  const fixture = await Fixture.open();
  fixture.hookAnswers.Stop = ({ active }) =>
    active === "false" ? { decision: "block", reason: "You still have evt_1 in hand." } : undefined;
  const client = await fixture.start(async (turn) => turn.request.text);
  await client.prompt("go");
  const end = await client.transcript.until(() => client.transcript.of("turn-end")[0]);
  expect(end.message).toBe("Stop hook feedback:\nYou still have evt_1 in hand.");
  expect(fixture.hooksFor("Stop")).toMatchObject([
    { active: "false", message: "go" },
    { active: "true", message: end.message },
  ]);
});

test("Stop hooks block at most 8 times in a row", async () => {
  const fixture = await Fixture.open();
  fixture.hookAnswers.Stop = () => ({ decision: "block", reason: "never" });
  let called = 0;
  const client = await fixture.start(async () => void called++);
  await client.prompt("go");
  const end = await client.transcript.until(() => client.transcript.of("turn-end")[0]);
  expect(end.how).toBe("stopped");
  expect(called).toBe(9);
  expect(client.transcript.of("stop-blocked")).toHaveLength(8);
  expect(client.transcript.of("stop-block-ignored")).toHaveLength(1);
});

test("Esc ends a turn with neither Stop nor StopFailure, and its tool without PostToolUse", async () => {
  const fixture = await Fixture.open();
  let aborted = false;
  const client = await fixture.start(async (turn) => {
    turn.signal.addEventListener("abort", () => {
      aborted = true;
    });
    await turn.useTool("Bash", {}, 60_000);
    return "never said";
  });
  await client.prompt("go");
  await fixture.until(() => fixture.hooksFor("PreToolUse")[0]);
  await client.pressEsc();
  expect(client.transcript.last("turn-end")).toMatchObject({ how: "esc" });
  expect(aborted).toBe(true);
  await client.untilIdle();
  expect(fixture.hookCalls.map(({ event }) => event)).toEqual(["UserPromptSubmit", "PreToolUse"]);
});

test("Esc cancels the server's tool call under way", async () => {
  const fixture = await Fixture.open();
  fixture.hookAnswers.PreToolUse = () => ({
    hookSpecificOutput: { hookEventName: "PreToolUse", permissionDecision: "allow" },
  });
  fixture.tools.event_take = () => new Promise(() => {});
  const client = await fixture.start(async (turn) => (await turn.callTool("event_take")).text);
  await client.prompt("go");
  await fixture.until(() =>
    fixture.heard("tools/call").some(({ params }) => JSON.stringify(params).includes("event_take")),
  );
  await client.pressEsc();
  await fixture.until(() => fixture.heard("notifications/cancelled")[0]);
});

test("what waited when Esc was pressed begins the next turn", async () => {
  const fixture = await Fixture.open();
  const client = await fixture.start(async (turn) => {
    if (turn.number === 1) await turn.useTool("Bash", {}, 60_000);
  });
  await client.prompt("go");
  await client.transcript.until(() => client.transcript.of("tool-call")[0]);
  fixture.emit({ content: "waiting" });
  await client.transcript.until(() => client.transcript.of("arrival")[1]);
  await client.pressEsc();
  const second = await client.transcript.until(() => client.transcript.of("turn-begin")[1]);
  expect(second.reads).toContain("waiting");
});

test("a failed request to the model fires StopFailure instead of Stop", async () => {
  const fixture = await Fixture.open();
  const client = await fixture.start(async () => {
    throw new ApiFailure("rate_limit");
  });
  await client.prompt("go");
  const end = await client.transcript.until(() => client.transcript.of("turn-end")[0]);
  expect(end.how).toBe("failed");
  expect(fixture.hooksFor("StopFailure")).toMatchObject([{ error: "rate_limit" }]);
  expect(fixture.hooksFor("Stop")).toEqual([]);
});

test("a mistake in the script is told as one", async () => {
  const fixture = await Fixture.open();
  const client = await fixture.start(async () => {
    throw new Error("the test's own mistake");
  });
  await client.prompt("go");
  const end = await client.transcript.until(() => client.transcript.of("turn-end")[0]);
  expect(end).toMatchObject({ how: "script-error", message: expect.stringContaining("own mistake") });
});

test("a prompt that is typed while Claude works joins the running turn", async () => {
  const fixture = await Fixture.open();
  const client = await fixture.start(async (turn) => {
    const { next } = await turn.useTool("Bash", {}, async () => {
      await client.prompt("also this");
      return "worked";
    });
    return next.text;
  });
  await client.prompt("go");
  const end = await client.transcript.until(() => client.transcript.of("turn-end")[0]);
  expect(end.message).toBe("worked\n\nalso this");
});

test("the idle notification fires when a turn has been over for a while", async () => {
  const fixture = await Fixture.open();
  const client = await fixture.start(silent, { timings: { idlePromptMs: 30 } });
  await client.prompt("go");
  const call = await fixture.until(() => fixture.hooksFor("Notification")[0]);
  expect(call).toMatchObject({ type: "idle_prompt" });
  expect(client.transcript.of("turn-end")).toHaveLength(1);
});

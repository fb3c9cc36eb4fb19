import { expect, test } from "vitest";
import { Fixture } from "./fixture/fixture.ts";
import { isAlive } from "./process-alive.ts";

const silent = async () => undefined;
const LINE =
  "Signalbox: event evt_1 is ready. Call event_take to receive it, handle it, then call event_ack.";

test("a waiter that leaves with code 2 wakes an idle session that has no channel", async () => {
  const fixture = await Fixture.open();
  const client = await fixture.start(silent, { channel: false });
  const waiter = await fixture.until(() => fixture.waiters()[0]);
  waiter.tell({ leave: 2, stderr: `${LINE}\n` });
  const { reads, origins } = await client.transcript.until(() => client.transcript.of("turn-begin")[0]);
  expect(origins).toEqual(["wake"]);
  expect(reads).toMatch(/^<system-reminder>\nStop hook blocking error from command "node /);
  expect(reads).toContain(LINE);
  expect(reads).toContain("NOT a message from the user");
  expect(fixture.hooksFor("UserPromptSubmit")).toMatchObject([{ prompt: reads }]);
});

test("a wake is a prompt: it starts the next waiter", async () => {
  const fixture = await Fixture.open();
  await fixture.start(silent);
  const first = await fixture.until(() => fixture.waiters("SessionStart")[0]);
  first.tell({ leave: 2, stderr: LINE });
  const second = await fixture.until(() => fixture.waiters("UserPromptSubmit")[0]);
  expect(second.pid).not.toBe(first.pid);
});

test("a waiter is told of its session on stdin", async () => {
  const fixture = await Fixture.open();
  const client = await fixture.start(silent);
  const { input } = await fixture.until(() => fixture.waiters()[0]);
  expect(input).toMatchObject({
    session_id: client.sessionId,
    cwd: fixture.folder,
    hook_event_name: "SessionStart",
    source: "startup",
    transcript_path: expect.stringContaining(client.sessionId),
  });
});

test.for([0, 1])("a waiter that leaves with code %i wakes nobody", async (code) => {
  const fixture = await Fixture.open();
  const client = await fixture.start(silent);
  const waiter = await fixture.until(() => fixture.waiters()[0]);
  waiter.tell({ leave: code, stderr: LINE });
  await client.transcript.until(() => client.transcript.of("waiter-exit")[0]);
  await client.prompt("later");
  await client.transcript.until(() => client.transcript.of("turn-end")[0]);
  expect(client.transcript.of("arrival")).toMatchObject([{ origin: "user" }]);
});

test("each firing starts a waiter of its own, and the older ones live on", async () => {
  const fixture = await Fixture.open();
  const client = await fixture.start(silent);
  for (const turn of [0, 1, 2]) {
    await client.prompt("go");
    await client.transcript.until(() => client.transcript.of("turn-end")[turn]);
    await client.untilIdle();
  }
  await client.clear();
  expect(client.waiterPids).toHaveLength(5);
  expect(client.waiterPids.map(isAlive)).not.toContain(false);
});

test("a wake in the middle of a turn joins it after the running tool call", async () => {
  const fixture = await Fixture.open();
  const client = await fixture.start(async (turn) => {
    const { next } = await turn.useTool("Bash", {}, async () => {
      fixture.waiters()[0]?.tell({ leave: 2, stderr: LINE });
      await client.transcript.until(() => client.transcript.of("arrival")[1]);
      return "worked";
    });
    return next.text;
  });
  await fixture.until(() => fixture.waiters()[0]);
  await client.prompt("go");
  const { message } = await client.transcript.until(() => client.transcript.of("turn-end")[0]);
  expect(message).toContain(LINE);
});

test("after Esc the turn's waiter is alive and wakes the session", async () => {
  const fixture = await Fixture.open();
  const client = await fixture.start(async (turn) => {
    if (turn.number === 1) await turn.useTool("Bash", {}, 60_000);
  });
  await client.prompt("go");
  const waiter = await fixture.until(() => fixture.waiters("UserPromptSubmit")[0]);
  await client.transcript.until(() => client.transcript.of("tool-call")[0]);
  await client.pressEsc();
  waiter.tell({ leave: 2, stderr: LINE });
  const { reads } = await client.transcript.until(() => client.transcript.of("turn-begin")[1]);
  expect(reads).toContain(LINE);
});

test("a prompt hook that blocks withdraws a wake", async () => {
  const fixture = await Fixture.open();
  fixture.hookAnswers.UserPromptSubmit = () => ({ decision: "block", reason: "already shown" });
  const client = await fixture.start(silent);
  const waiter = await fixture.until(() => fixture.waiters()[0]);
  waiter.tell({ leave: 2, stderr: LINE });
  await client.transcript.until(() => client.transcript.of("withdrawn")[0]);
  await client.untilIdle();
  expect(client.transcript.of("turn-begin")).toEqual([]);
});

import { expect, test } from "vitest";
import { Fixture } from "./fixture/fixture.ts";
import { isAlive } from "./process-alive.ts";

const silent = async () => undefined;

test("/clear gives hooks a new session id, while server and waiters live on", async () => {
  const fixture = await Fixture.open();
  const client = await fixture.start(silent, { sessionId: "session-1" });
  const waiter = await fixture.until(() => fixture.waiters()[0]);
  await client.clear();
  expect(client.sessionId).not.toBe("session-1");
  expect(fixture.hooksFor("SessionStart")).toMatchObject([{ source: "clear", session: client.sessionId }]);
  expect(client.transcript.of("session-end")).toMatchObject([{ sessionId: "session-1", reason: "clear" }]);
  expect(client.transcript.of("server-start")).toHaveLength(1);
  expect([client.serverPid, waiter.pid].map(isAlive)).toEqual([true, true]);
});

test("what a hook says at /clear stands in the next request", async () => {
  const fixture = await Fixture.open();
  fixture.hookAnswers.SessionStart = () => ({
    hookSpecificOutput: { hookEventName: "SessionStart", additionalContext: "evt_1 is in your hands" },
  });
  const client = await fixture.start(silent);
  await client.clear();
  fixture.emit({ content: "hello" });
  const { reads } = await client.transcript.until(() => client.transcript.of("turn-begin")[0]);
  expect(reads).toContain("evt_1 is in your hands");
});

test("/clear forgets what was to stand in the next request", async () => {
  const fixture = await Fixture.open();
  fixture.commandHook = ({ source }) => ({ stdout: source === "startup" ? "of the old session" : "" });
  const client = await fixture.start(silent);
  await client.clear();
  await client.prompt("go");
  const { reads } = await client.transcript.until(() => client.transcript.of("turn-begin")[0]);
  expect(reads).toBe("go");
});

test("/clear ends a running turn first", async () => {
  const fixture = await Fixture.open();
  const client = await fixture.start(async (turn) => void (await turn.useTool("Bash", {}, 60_000)));
  await client.prompt("go");
  await client.transcript.until(() => client.transcript.of("tool-call")[0]);
  await client.clear();
  const kinds = client.transcript.entries.map(({ kind }) => kind);
  expect(client.transcript.of("turn-end")).toMatchObject([{ how: "esc" }]);
  expect(kinds.indexOf("turn-end")).toBeLessThan(kinds.indexOf("session-end"));
  expect(fixture.hooksFor("Stop")).toEqual([]);
});

test("/compact keeps the session id, and its context stands in the next request, also of a running turn", async () => {
  const fixture = await Fixture.open();
  fixture.hookAnswers.SessionStart = () => ({
    hookSpecificOutput: { hookEventName: "SessionStart", additionalContext: "the ack line again" },
  });
  const client = await fixture.start(async (turn) => {
    const { next } = await turn.useTool("Bash", {}, async () => {
      await client.compact();
      return "worked";
    });
    return next.text;
  });
  const { sessionId } = client;
  await client.prompt("go");
  const { message } = await client.transcript.until(() => client.transcript.of("turn-end")[0]);
  expect(message).toContain("the ack line again");
  expect(fixture.hooksFor("SessionStart")).toMatchObject([{ source: "compact", session: sessionId }]);
});

test("a resumed session has its old id, for the server and for hooks", async () => {
  const fixture = await Fixture.open();
  const client = await fixture.start(silent, { resume: "session-1" });
  const waiter = await fixture.until(() => fixture.waiters()[0]);
  expect(client.sessionId).toBe("session-1");
  expect(fixture.server.env.CLAUDE_CODE_SESSION_ID).toBe("session-1");
  expect(waiter.input).toMatchObject({ session_id: "session-1", source: "resume" });
});

test("at exit SessionEnd runs its command hooks only, then the server's stdin ends, then the waiters", async () => {
  const fixture = await Fixture.open();
  let atSessionEnd: Record<string, unknown> | undefined;
  const client = await fixture.start(silent);
  const waiter = await fixture.until(() => fixture.waiters()[0]);
  fixture.commandHook = (input) => {
    atSessionEnd = { ...input, serverAlive: isAlive(client.serverPid) };
    return {};
  };
  await client.exit();
  expect(atSessionEnd).toMatchObject({
    session_id: client.sessionId,
    cwd: fixture.folder,
    hook_event_name: "SessionEnd",
    reason: "prompt_input_exit",
    serverAlive: true,
  });
  expect(fixture.hooksFor("SessionEnd")).toEqual([]);
  expect(client.transcript.of("hook").find(({ outcome }) => outcome === "not-available")?.event).toBe(
    "SessionEnd",
  );
  expect(client.transcript.last("server-exit")).toMatchObject({ code: 0, signal: null });
  expect([client.serverPid, waiter.pid].map(isAlive)).toEqual([false, false]);
});

test("a SessionEnd hook that takes too long is killed", async () => {
  const fixture = await Fixture.open();
  const client = await fixture.start(silent, { timings: { sessionEndMs: 20 } });
  fixture.commandHook = () => new Promise(() => {});
  await client.exit();
  const ended = client.transcript
    .of("hook")
    .filter(({ event, type }) => event === "SessionEnd" && type === "command");
  expect(ended).toMatchObject([{ outcome: "timed-out" }]);
});

test("closing ends every process, also in the middle of a turn, and can be done twice", async () => {
  const fixture = await Fixture.open();
  const client = await fixture.start(async (turn) => void (await turn.useTool("Bash", {}, 60_000)));
  await client.prompt("go");
  await client.transcript.until(() => client.transcript.of("tool-call")[0]);
  const pids = [client.serverPid, ...client.waiterPids];
  await client.close();
  await client.close();
  expect(pids.map(isAlive)).toEqual([false, false, false]);
});

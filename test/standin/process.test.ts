import { expect, test } from "vitest";
import { ApiFailure } from "./claude-script.ts";
import { Fixture, text } from "./fixture/fixture.ts";
import { isAlive } from "./process-alive.ts";

const silent = async () => undefined;

test("a stand-in in its own process is the parent of its server and hooks", async () => {
  const fixture = await Fixture.open();
  const client = await fixture.startProcess(silent);
  const waiter = await fixture.until(() => fixture.waiters()[0]);
  expect(client.pid).not.toBe(process.pid);
  expect(fixture.server.ppid).toBe(client.pid);
  expect(waiter.env.CLAUDE_PID).toBe(String(client.pid));
});

test("the script, its tools' work and the transcript are the test's own", async () => {
  const fixture = await Fixture.open();
  fixture.tools.event_take = () => text("nothing");
  const client = await fixture.startProcess(
    async (turn) => {
      const worked = await turn.useTool("Bash", {}, async () => "worked in the test");
      const taken = await turn.callTool("event_take");
      const slept = await turn.useTool("Bash", {}, 1);
      return [turn.request.text, worked.text, taken.text, slept.outcome].join(", ");
    },
    { permissionMode: "bypassPermissions" },
  );
  await client.prompt("hello");
  const { message } = await client.transcript.until(() => client.transcript.of("turn-end")[0]);
  expect(message).toBe("hello, worked in the test, nothing, answered");
  await client.untilIdle();
});

test("a failed request and Esc cross the process boundary", async () => {
  const fixture = await Fixture.open();
  const aborted = Promise.withResolvers<void>();
  const client = await fixture.startProcess(async (turn) => {
    if (turn.number === 1) throw new ApiFailure("rate_limit");
    turn.signal.addEventListener("abort", () => aborted.resolve());
    await turn.useTool("Bash", {}, 60_000);
  });
  await client.prompt("one");
  await client.transcript.until(() => client.transcript.of("turn-end")[0]?.how === "failed");
  await client.prompt("two");
  await client.transcript.until(() => client.transcript.of("tool-call")[0]);
  await client.pressEsc();
  await aborted.promise;
  expect(client.transcript.of("turn-end")[1]?.how).toBe("esc");
});

test("kill -9 of the client ends the server's stdin, and its waiters live on", async () => {
  const fixture = await Fixture.open();
  const client = await fixture.startProcess(silent);
  const waiter = await fixture.until(() => fixture.waiters()[0]);
  await client.kill9();
  expect(isAlive(client.pid)).toBe(false);
  await fixture.until(() => fixture.news.some(({ stdinEnded }) => stdinEnded));
  expect(isAlive(waiter.pid)).toBe(true);
  await client.close();
  await expect.poll(() => isAlive(waiter.pid)).toBe(false);
});

test("a client in the test's process can be cut off likewise", async () => {
  const fixture = await Fixture.open();
  const client = await fixture.start(silent);
  const waiter = await fixture.until(() => fixture.waiters()[0]);
  await client.kill9();
  await fixture.until(() => fixture.news.some(({ stdinEnded }) => stdinEnded));
  expect(isAlive(waiter.pid)).toBe(true);
  waiter.tell({ leave: 2, stderr: "nobody reads this" });
  const exit = await client.transcript.until(() => client.transcript.of("waiter-exit")[0]);
  expect(exit.stderr).toBe("");
  expect(client.transcript.of("arrival")).toEqual([]);
});

test("a session goes on in a new process under its old id", async () => {
  const fixture = await Fixture.open();
  const first = await fixture.startProcess(silent);
  await first.kill9();
  const second = await fixture.startProcess(silent, { resume: first.sessionId });
  expect(second.sessionId).toBe(first.sessionId);
  expect(fixture.server.env.CLAUDE_CODE_SESSION_ID).toBe(first.sessionId);
  await second.exit();
  expect(isAlive(second.pid)).toBe(false);
});

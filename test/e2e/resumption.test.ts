import { afterEach, expect, test } from "vitest";
import { until } from "../world/until.ts";
import { Scene, showings } from "./scene.ts";

/** The way that works for everyone; trying the channel first would only take its second each time. */
const WAKE = { delivery: "wake" };

let scene: Scene;
afterEach(() => scene.close());

/** Work that lasts until the test says so. */
function longWork() {
  const done = Promise.withResolvers<void>();
  return { finish: () => done.resolve(), plan: { work: async () => void (await done.promise) } };
}

test("the server is killed with -9 while Claude works: the event stays in its hands and is shown once", async () => {
  scene = await Scene.open({ config: WAKE });
  const work = longWork();
  const client = await scene.client({}, work.plan);
  const [first, second] = [await scene.arrives(), await scene.arrives()];
  await scene.until(first, "delivered");
  await scene.restartServer("kill9");
  await scene.untilOnline();
  work.finish();
  expect(await scene.until(first, "acked")).toMatchObject({ delivery: 1, attempts: 0 });
  await scene.until(second, "acked");
  expect([showings(client, first), showings(client, second)]).toEqual([1, 1]);
});

test("an ack that is given while the server is down is kept, and committed when it is back", async () => {
  scene = await Scene.open({ config: WAKE });
  const work = longWork();
  const client = await scene.client({}, work.plan);
  const id = await scene.arrives();
  await scene.until(id, "delivered");
  scene.control.close();
  await scene.server.kill9();
  work.finish();
  const kept = await client.transcript.until(() =>
    client.transcript
      .of("tool-answer")
      .find(({ tool, text }) => tool.endsWith("event_ack") && text.includes("kept")),
  );
  expect(kept.text).toMatch(/not confirmed yet/);
  await scene.server.start();
  scene.control = await scene.server.control();
  expect(await scene.until(id, "acked")).toMatchObject({ delivery: 1 });
  expect(showings(client, id)).toBe(1);
});

test("client and plugin are killed with -9: the resumed session is shown the event again, with its number", async () => {
  scene = await Scene.open({ config: WAKE });
  const client = await scene.client({}, longWork().plan);
  const id = await scene.arrives();
  await scene.until(id, "delivered");
  await client.kill9();
  const again = await scene.client({ resume: client.sessionId });
  expect(await scene.until(id, "acked")).toMatchObject({ delivery: 1, attempts: 0 });
  expect(showings(again, id)).toBe(1);
  const text = again.transcript.read.find((read) => read.includes(`Signalbox event ${id}`));
  expect(text).toMatch(/delivery 1, .*again/i);
});

test("an ack that its plugin could not send any more is sent by the next one", async () => {
  scene = await Scene.open({ config: WAKE });
  const work = longWork();
  const client = await scene.client({}, work.plan);
  const id = await scene.arrives();
  await scene.until(id, "delivered");
  scene.control.close();
  await scene.server.kill9();
  work.finish();
  await client.transcript.until(() =>
    client.transcript.of("tool-answer").find(({ text }) => text.includes("not confirmed")),
  );
  await client.kill9();
  await scene.server.start();
  scene.control = await scene.server.control();
  const other = await scene.client();
  expect(await scene.until(id, "acked")).toMatchObject({ delivery: 1, summary: expect.any(String) });
  expect(showings(other, id)).toBe(0);
});

test("after /clear the event is shown again, with its number", async () => {
  scene = await Scene.open({ config: WAKE });
  const held = longWork();
  let times = 0;
  const client = await scene.client({}, () => (++times === 1 ? held.plan : {}));
  const id = await scene.arrives();
  await scene.until(id, "delivered");
  await client.clear();
  expect(await scene.until(id, "acked")).toMatchObject({ delivery: 1, attempts: 0 });
  expect(showings(client, id)).toBe(2);
});

test("a session that is gone for longer than its grace loses the event to one that is there", async () => {
  scene = await Scene.open({ env: { SIGNALBOX_GRACE_SECONDS: "1" }, config: WAKE });
  const gone = await scene.client({}, longWork().plan);
  const id = await scene.arrives();
  await scene.until(id, "delivered");
  await gone.kill9();
  const there = await scene.client();
  expect(await scene.until(id, "acked")).toMatchObject({ delivery: 2, attempts: 0 });
  expect(showings(there, id)).toBe(1);
});

test("a second process with the same session id, while the first lives, is a session of its own", async () => {
  scene = await Scene.open({ config: WAKE });
  const first = await scene.client({}, longWork().plan);
  const id = await scene.arrives();
  await scene.until(id, "delivered");
  const second = await scene.client({ resume: first.sessionId });
  await until(async () => (await scene.sessions()).length === 2, "the second session");
  const other = await scene.arrives();
  await scene.until(other, "acked");
  expect(showings(second, id)).toBe(0);
  expect((await scene.event(id)).state).toBe("delivered");
});

test("a server that is told to stop leaves with 0, and its sessions come back to the next", async () => {
  scene = await Scene.open({ config: WAKE });
  const client = await scene.client();
  await scene.until(await scene.arrives(), "acked");
  await scene.restartServer("stop");
  await scene.untilOnline();
  const id = await scene.arrives();
  await scene.until(id, "acked");
  expect(showings(client, id)).toBe(1);
});

import { afterEach, expect, test } from "vitest";
import { until } from "../world/until.ts";
import { Scene, showings } from "./scene.ts";

const WAKE = { delivery: "wake" };

let scene: Scene;
afterEach(() => scene.close());

test("a forgotten ack is asked for before the turn ends", async () => {
  scene = await Scene.open({ config: WAKE });
  const client = await scene.client({}, { ends: "forgets" });
  const id = await scene.arrives();
  await scene.until(id, "acked");
  const [blocked] = client.transcript.of("stop-blocked");
  expect(blocked?.reason).toContain(id);
  expect(blocked?.reason).toContain("event_ack");
});

test("a session that never acks loses the event after the timeout, and its attempts end in the dead letters", async () => {
  scene = await Scene.open({
    env: { SIGNALBOX_REMIND_SECONDS: "1", SIGNALBOX_TIMEOUT_SECONDS: "2", SIGNALBOX_MAX_ATTEMPTS: "1" },
    config: WAKE,
  });
  const client = await scene.client({}, { ends: "never-acks" });
  const id = await scene.arrives();
  expect(await scene.until(id, "dead")).toMatchObject({ reason: "timed_out", attempts: 1, outcome: "" });
  // The Stop hook asked at most twice.
  expect(client.transcript.of("stop-blocked").length).toBeLessThanOrEqual(2);
});

test("a session that can't surface events is found, marked deaf, and named with the cure", async () => {
  scene = await Scene.open({ env: { SIGNALBOX_TAKE_SECONDS: "3" } });
  // Neither channel nor hooks: what is sent to it is dropped without a word.
  const deaf = await scene.client({ channel: false, hooks: false });
  const id = await scene.arrives();
  const session = await until(
    async () => (await scene.sessions()).find(({ state }) => state === "deaf"),
    "the deaf session to be found",
  );
  expect(session.cure).toMatch(/type something in that session/);
  expect(await scene.event(id)).toMatchObject({ state: "returned", reason: "unseen", attempts: 0 });
  expect(showings(deaf, id)).toBe(0);
  // A session that can is given it at once.
  await scene.client();
  expect(await scene.until(id, "acked")).toMatchObject({ attempts: 0 });
});

test("a session whose link was half-open when an event was sent is not deaf: it comes back and is given the event", async () => {
  // Time for a starved machine to show an event, and over before a probe finds the link (10 s at the soonest).
  scene = await Scene.open({ env: { SIGNALBOX_SURFACE_SECONDS: "5" }, config: WAKE, wired: true });
  const client = await scene.client();
  await scene.until(await scene.arrives(), "acked");
  await client.untilIdle();
  await until(async () => (await scene.sessions()).some(({ waiter }) => waiter), "the session to wait");
  scene.wires?.abandon();
  const id = await scene.arrives();
  expect(await scene.until(id, "returned")).toMatchObject({ reason: "unseen", attempts: 0 });
  // The client's side finds out, sooner than by its own probes.
  scene.wires?.cut();
  expect(await scene.until(id, "acked")).toMatchObject({ attempts: 0 });
  expect(showings(client, id)).toBe(1);
});

import { afterEach, expect, test } from "vitest";
import { makeSource } from "../world/server.ts";
import { PLUGIN_DIR } from "../world/workplace.ts";
import { Scene, showings } from "./scene.ts";

let scene: Scene;
afterEach(() => scene.close());

test("plain claude, with no flag: a webhook wakes the idle session, is taken, acked, and the next one follows", async () => {
  scene = await Scene.open();
  const client = await scene.client();
  const ids = [await scene.arrives(), await scene.arrives(), await scene.arrives()];
  for (const id of ids) await scene.until(id, "acked");
  expect(ids.map((id) => showings(client, id))).toEqual([1, 1, 1]);
  // Nobody was asked for a permission.
  expect(client.transcript.of("dialog-open")).toEqual([]);
  // A backlog drains without a wake for each.
  const wakes = client.transcript.of("arrival").filter(({ origin }) => origin === "wake");
  expect(wakes.length).toBeLessThan(3);
});

test("a session that has the channel loaded is given its events by it", async () => {
  scene = await Scene.open();
  const client = await scene.client({ channel: true });
  const ids = [await scene.arrives(), await scene.arrives()];
  for (const id of ids) await scene.until(id, "acked");
  const arrivals = client.transcript.of("arrival");
  expect(arrivals.map(({ origin }) => origin)).toEqual(["channel", "channel"]);
  expect(arrivals[0]?.text).toMatch(/^<channel source="plugin:signalbox:box" event_id="evt_/);
  expect(ids.map((id) => showings(client, id))).toEqual([1, 1]);
});

test("a channel without hooks works too: the ack itself is the proof", async () => {
  scene = await Scene.open();
  const client = await scene.client({ channel: true, hooks: false }, {});
  // Without the plugin's hook the first ack asks for permission.
  const id = await scene.arrives();
  await client.transcript.until(() => client.transcript.of("dialog-open")[0]);
  await client.answerDialog("allow");
  expect(await scene.until(id, "acked")).toMatchObject({ delivery: 1, outcome: "done" });
});

test("any other MCP client takes its events by event_take", async () => {
  scene = await Scene.open();
  const server = { command: "node", args: [`${PLUGIN_DIR}/dist/server.mjs`], env: {} };
  const client = await scene.client({
    load: { mcpServers: { box: server } },
    withoutEnv: ["CLAUDE_CODE_ENTRYPOINT", "CLAUDE_CODE_SESSION_ID"],
    permissionMode: "bypassPermissions",
  });
  const id = await scene.arrives();
  await client.prompt("Call event_take and do what it says");
  expect(await scene.until(id, "acked")).toMatchObject({ delivery: 1 });
});

test("the plugin runs on the oldest Node that it promises", async ({ skip }) => {
  // Set by npm: the Node that runs npm itself, on a machine whose own Node is older than the project's.
  const node = process.env.npm_node_execpath;
  skip(node === undefined || node === process.execPath, "no other Node here than the project's own");
  scene = await Scene.open({ config: { delivery: "wake" } });
  await scene.client({ node: node ?? "" });
  expect(await scene.until(await scene.arrives(), "acked")).toMatchObject({ delivery: 1 });
});

test("a headless session does not join a lane", async () => {
  scene = await Scene.open({ config: { delivery: "wake" } });
  const headless = await scene.client({ entrypoint: "sdk-cli" });
  const id = await scene.arrives();
  await scene.client();
  await scene.until(id, "acked");
  expect(showings(headless, id)).toBe(0);
  expect(await scene.sessions()).toHaveLength(1);
});

test("a session serves the lane of its tag, and no other", async () => {
  scene = await Scene.open({ config: { delivery: "wake" } });
  const untagged = await scene.client();
  const deploys = await scene.client({ env: { SIGNALBOX_SESSION: "deploys" } });
  const tagged = await makeSource(scene, { slug: "tagged", tag: "deploys" });
  const [deploy, plain] = [await scene.arrives(tagged), await scene.arrives()];
  await scene.until(deploy, "acked");
  await scene.until(plain, "acked");
  expect([showings(untagged, deploy), showings(deploys, deploy)]).toEqual([0, 1]);
  expect([showings(untagged, plain), showings(deploys, plain)]).toEqual([1, 0]);
});

test("two sessions of a lane share its events, and each event has one of them", async () => {
  scene = await Scene.open({ config: { delivery: "wake" } });
  const clients = [await scene.client({}, { workMs: 50 }), await scene.client({}, { workMs: 50 })];
  await scene.untilOnline(2);
  const ids: string[] = [];
  for (let i = 0; i < 6; i++) ids.push(await scene.arrives());
  for (const id of ids) await scene.until(id, "acked");
  for (const id of ids) expect(clients.map((client) => showings(client, id)).sort()).toEqual([0, 1]);
});

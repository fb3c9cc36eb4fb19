import { describe, expect, type TestContext, test } from "vitest";
import { AckStatus, Way } from "../../proto/gen/signalbox/v1/link_pb.ts";
import { until } from "../world/until.ts";
import { usersNode, World } from "./bundle-rig.ts";
import { deliver, E1, E2, lineOf, tagOf, wakeOf } from "./event-samples.ts";
import { FrameServer, type HeardLink } from "./frame-server.ts";

const node = usersNode();
const OWN = "mcp__plugin_signalbox_box__";

/** Its processes and folders end with the test. */
function world(onTestFinished: TestContext["onTestFinished"]): World {
  const made = new World(node ?? process.execPath);
  onTestFinished(() => made.close());
  return made;
}
async function server(box: World, port = 0): Promise<FrameServer> {
  const made = await FrameServer.start(port);
  box.own({ close: () => made.stop() });
  return made;
}
function ackedBy(link: HeardLink, eventId: string, next = false): void {
  const of = { eventId, delivery: 1 };
  link.say({ case: "acked", value: { of, status: AckStatus.SETTLED, state: "acked", waiting: 0, next } });
}

if (node === null)
  console.warn("SKIPPED: the bundle on Node 20. Run it by npm (npm_node_execpath), on a Node 20.");

describe("the bundle on the user's Node 20", { concurrent: true, skip: node === null }, () => {
  test("introduces itself as a channel, and loads what must not be searched for", async ({
    onTestFinished,
  }) => {
    const session = await world(onTestFinished).session();
    expect(session.client.getServerCapabilities()).toMatchObject({
      experimental: { "claude/channel": {} },
      tools: {},
    });
    expect(session.client.getInstructions()).toContain("event_ack");
    const { tools } = await session.client.listTools();
    const loaded = tools
      .filter(({ _meta }) => _meta?.["anthropic/alwaysLoad"] === true)
      .map(({ name }) => name);
    expect(loaded).toEqual(["event_take", "event_ack"]);
    await expect(session.client.request({ method: "server/discover" }, {} as never)).rejects.toMatchObject({
      code: -32601,
    });
  });

  test("without a configuration every tool says what to do; once there is one, the link comes by itself", async ({
    onTestFinished,
  }) => {
    const box = world(onTestFinished);
    const session = await box.session();
    for (const tool of ["event_take", "account_info", "source_list"]) {
      expect(await session.call(tool)).toMatch(/npm run connect/);
    }
    const there = await server(box);
    box.configure(there.remote);
    const link = await there.link(0);
    expect(link.token).toBe("Bearer cbt_test");
    const hello = await link.welcome();
    expect(hello).toMatchObject({
      protocol: 1,
      session: "session-1",
      client: "claude-code 2.1.329",
      entrypoint: "cli",
    });
    expect(await session.call("account_info")).toContain("http://127.0.0.1:4400/webhook/p_abc/");
    expect(await session.call("event_payload", { event_id: E1 })).toMatch(/token .*npm run connect/);
  });

  test("an event goes by the channel, is held, surfaces, and its ack is confirmed", async ({
    onTestFinished,
  }) => {
    const box = world(onTestFinished);
    const there = await server(box);
    box.configure(there.remote);
    const session = await box.session();
    const link = await there.link(0);
    await link.welcome();
    await session.hook("SessionStart", { source: "startup" });
    await link.hears("presence", ({ ready, way }) => ready && way === Way.CHANNEL);
    link.say(deliver(E1));
    await link.hears("held");
    await until(() => session.events.length === 1, "the channel event");
    expect(session.events[0]?.meta.event_id).toBe(E1);
    expect(await session.hook("UserPromptSubmit", { prompt: tagOf(E1) })).toEqual({});
    expect(await link.hears("surfaced")).toMatchObject({ way: Way.CHANNEL, of: { eventId: E1 } });
    await link.hears("presence", ({ busy, ready }) => busy && !ready);
    const answer = session.call("event_ack", { summary: "looked at it" });
    expect(await link.hears("ack")).toMatchObject({
      of: { eventId: E1, delivery: 1 },
      summary: "looked at it",
    });
    ackedBy(link, E1);
    expect(await answer).toContain(`${E1} is done`);
    expect(await session.hook("Stop")).toEqual({});
  });

  test("a channel that shows nothing gives way to the wake, and the next event drains in the answer of the ack", async ({
    onTestFinished,
  }) => {
    const box = world(onTestFinished);
    const there = await server(box);
    box.configure(there.remote);
    const session = await box.session();
    const link = await there.link(0);
    await link.welcome();
    const waiter = box.waiter();
    await link.hears("presence", ({ waiter: there }) => there);
    link.say(deliver(E1));
    expect(await waiter.left()).toEqual({ code: 2, said: `${lineOf(E1)}\n` });
    expect(session.events).toHaveLength(1);
    expect(await session.hook("UserPromptSubmit", { prompt: wakeOf(E1) })).toEqual({});
    expect(await link.hears("surfaced")).toMatchObject({ way: Way.WAKE });
    expect(await session.hook("UserPromptSubmit", { prompt: tagOf(E1) })).toMatchObject({
      decision: "block",
    });

    await session.hook("PreToolUse", { tool_name: `${OWN}event_take`, tool_use_id: "t1" });
    expect(await session.call("event_take")).toContain(E1);
    expect(link.all("taken")).toEqual([]);
    await session.hook("PostToolUse", { tool_name: `${OWN}event_take`, tool_use_id: "t1" });
    await link.hears("taken");

    const answer = session.call("event_ack", { event_id: E1, summary: "done" });
    expect(await link.hears("ack")).toMatchObject({ ready: true });
    ackedBy(link, E1, true);
    link.say(deliver(E2));
    expect(await answer).toContain(E2);
    await session.hook("PostToolUse", { tool_name: `${OWN}event_ack`, tool_use_id: "t2" });
    await link.hears("taken", ({ of }) => of?.eventId === E2);
  });

  test("an ack while the link is down is kept, and confirmed after the link is back", async ({
    onTestFinished,
  }) => {
    const box = world(onTestFinished);
    const there = await server(box);
    box.configure(there.remote);
    const session = await box.session();
    const link = await there.link(0);
    await link.welcome();
    link.say(deliver(E1));
    await link.hears("held");
    there.stop();
    await until(() => session.log.includes('"state":"waiting"'), "the broken link");
    expect(await session.call("event_ack", { event_id: E1, summary: "done" })).toContain(
      "kept, not confirmed yet",
    );
    const back = await server(box, there.port);
    const again = await back.link(0);
    const hello = await again.welcome();
    expect(hello.inHand).toBeUndefined();
    expect(hello.unconfirmed).toMatchObject([{ of: { eventId: E1, delivery: 1 }, summary: "done" }]);
    ackedBy(again, E1);
  });

  test("after kill -9 another plugin says the acks that were not confirmed", async ({ onTestFinished }) => {
    const box = world(onTestFinished);
    const there = await server(box);
    box.configure(there.remote);
    const session = await box.session();
    const link = await there.link(0);
    await link.welcome();
    link.say(deliver(E1));
    await link.hears("held");
    const answer = session.call("event_ack", { event_id: E1, summary: "done" }).catch(() => "killed");
    await link.hears("ack");
    session.kill();
    await answer;
    await box.session();
    const next = await there.link(1);
    const hello = await next.welcome();
    expect(hello.instance).not.toBe(link.all("hello")[0]?.instance);
    expect(hello.unconfirmed).toMatchObject([{ of: { eventId: E1, delivery: 1 }, summary: "done" }]);
  });

  test("when the client goes, the link ends and the process leaves", async ({ onTestFinished }) => {
    const box = world(onTestFinished);
    const there = await server(box);
    box.configure(there.remote);
    const session = await box.session();
    const link = await there.link(0);
    await link.welcome();
    const waiter = box.waiter();
    await link.hears("presence", ({ waiter: there }) => there);
    await session.close();
    await until(() => link.ended, "the end of the link");
    expect(await waiter.left()).toEqual({ code: 0, said: "" });
  });
});

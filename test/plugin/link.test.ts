import { expect, test } from "vitest";
import { settle } from "../world/simulated-clock.ts";
import { Rig } from "./core-rig.ts";
import { deliver, E1, E2, tagOf } from "./event-samples.ts";

test("Hello tells who the session is and how it is", async () => {
  const { link } = await Rig.online({
    surroundings: { tag: { from: "SIGNALBOX_SESSION", value: "deploys" } },
  });
  expect(link.one("hello")).toMatchObject({
    protocol: 1,
    session: "session-1",
    instance: "instance-1",
    tag: "deploys",
    client: "claude-code 2.1.329",
    entrypoint: "cli",
    project: "shop",
  });
});

test("a ping is answered with its nonce", async () => {
  const { link } = await Rig.online();
  await link.say({ case: "ping", value: { nonce: 7n } });
  expect(link.one("pong").nonce).toBe(7n);
});

test("a broken link is made anew, later each time, until one has held for 10 s", async () => {
  const rig = await Rig.online();
  const waits: number[] = [];
  for (let failure = 0; failure < 4; failure++) {
    const before = rig.clock.monotonic();
    const links = rig.links.length;
    await rig.link.breaks();
    while (rig.links.length === links) await rig.clock.pass(10);
    waits.push(rig.clock.monotonic() - before);
    await rig.link.welcome();
    await rig.clock.pass(1_000);
  }
  expect(waits).toEqual([380, 750, 1_500, 3_000]);
  await rig.clock.pass(10_000);
  const links = rig.links.length;
  await rig.link.breaks();
  await rig.clock.pass(400);
  expect(rig.links).toHaveLength(links + 1);
});

test("a server that does not answer the Hello is tried again", async () => {
  const rig = new Rig();
  rig.box.start();
  await rig.clock.pass(11_000);
  expect(rig.links).toHaveLength(2);
  expect(rig.links[0]?.ended).toBe(true);
});

test("what a stream says after its end is not wanted any more", async () => {
  const rig = await Rig.online();
  const old = rig.link;
  await old.breaks();
  await old.say(deliver(E1), { case: "welcome", value: {} });
  expect(old.all("held")).toEqual([]);
  await rig.clock.pass(1_000);
  await old.breaks();
  expect(rig.link.ended).toBe(false);
  expect(rig.link.one("hello").inHand).toBeUndefined();
});

test("what is in hand is kept through a break, its receipts are said again, and nothing is shown twice", async () => {
  const rig = await Rig.online();
  await rig.link.say(deliver(E1));
  await rig.hook("UserPromptSubmit", { prompt: tagOf(E1) });
  await rig.link.breaks();
  await rig.clock.pass(1_000);
  expect(rig.link.one("hello").inHand).toMatchObject({ eventId: E1, delivery: 1 });
  await rig.link.welcome({ eventId: E1, delivery: 1 });
  expect(rig.link.one("surfaced").of).toMatchObject({ eventId: E1 });
  expect(rig.shown).toHaveLength(1);
});

test("what the server does not let it keep is dropped, and its copy is withdrawn when it surfaces", async () => {
  const rig = await Rig.online();
  await rig.link.say(deliver(E1));
  await rig.link.breaks();
  await rig.clock.pass(1_000);
  await rig.link.welcome();
  expect(await rig.hook("UserPromptSubmit", { prompt: tagOf(E1) })).toMatchObject({ decision: "block" });
  expect(rig.link.presence.ready).toBe(true);
});

test("an event that another process has taken over is not seen here, if it was not before", async () => {
  const rig = await Rig.online();
  const takenOver = { case: "refused", value: { code: "taken_over", message: "m", cure: "c" } } as const;
  await rig.link.say(deliver(E1), takenOver);
  expect(await rig.hook("UserPromptSubmit", { prompt: tagOf(E1) })).toMatchObject({ decision: "block" });
});

test("what had to wait is shown only when the server has said again whose it is", async () => {
  const rig = await Rig.online();
  await rig.hook("UserPromptSubmit", { prompt: "hello" });
  await rig.link.say(deliver(E1));
  await rig.clock.pass(30_000);
  await rig.hook("Stop");
  await settle();
  // The old link looks well. Whether it is, the next one tells.
  expect([rig.links.length, rig.shown.length]).toEqual([2, 0]);
  expect(rig.link.one("hello").inHand).toMatchObject({ eventId: E1, delivery: 1 });
  await rig.link.welcome({ eventId: E1, delivery: 1 });
  expect(rig.shown).toMatchObject([{ meta: { event_id: E1 } }]);
});

test("what was given to another process while it waited here is not shown", async () => {
  const rig = await Rig.waking();
  await rig.hook("UserPromptSubmit", { prompt: "hello" });
  await rig.link.say(deliver(E1));
  await rig.clock.pass(30_000);
  await rig.hook("Stop");
  await settle();
  await rig.link.welcome();
  await rig.clock.pass(30_000);
  expect([rig.waiters.woken, rig.links.length]).toEqual([[], 2]);
});

test("a refusal tells its cure in the tools, and is tried again slowly", async () => {
  const rig = await Rig.online();
  await rig.link.say({
    case: "refused",
    value: {
      code: "protocol",
      message: "The plugin speaks protocol 1",
      cure: "Update the plugin",
      retry: false,
    },
  });
  const links = rig.links.length;
  await rig.clock.pass(30_000);
  expect(rig.links).toHaveLength(links);
  await rig.clock.pass(31_000);
  expect(rig.links).toHaveLength(links + 1);
  await rig.link.say({
    case: "refused",
    value: { code: "protocol", message: "The plugin speaks protocol 1", cure: "Update the plugin" },
  });
  rig.reply = { kind: "ok", response: {} };
  expect((await rig.call("account_info")).text).toContain("Update the plugin");
});

test("a token that is not accepted is told with its cure", async () => {
  const rig = await Rig.online();
  await rig.link.breaks(true);
  rig.reply = { kind: "ok", response: {} };
  expect((await rig.call("account_info")).text).toContain("npm run connect");
});

test("a server that drains is left at once and called again after the time it named", async () => {
  const rig = await Rig.online();
  const old = rig.link;
  await old.say({ case: "drain", value: { reconnectAfterSeconds: 5 } });
  expect(old.ended).toBe(true);
  await rig.clock.pass(4_900);
  expect(rig.links).toHaveLength(1);
  await rig.clock.pass(1_100);
  expect(rig.links).toHaveLength(2);
});

test("a server that names a time far away is called again after five minutes", async () => {
  const rig = await Rig.online();
  await rig.link.say({ case: "drain", value: { reconnectAfterSeconds: 4_000_000_000 } });
  await rig.clock.pass(5 * 60_000 + 1_000);
  expect(rig.links).toHaveLength(2);
});

test("a configuration that comes later is taken up by itself", async () => {
  const rig = new Rig({ setup: { kind: "missing", path: "/c.json" } });
  const { setup } = new Rig();
  rig.box.start();
  await rig.clock.pass(10_000);
  expect(rig.links).toHaveLength(0);
  expect((await rig.call("event_take")).text).toMatch(/\/c\.json.*npm run connect/);
  rig.setup = setup;
  await rig.clock.pass(3_000);
  expect(rig.links).toHaveLength(1);
});

test("an invalid tag makes no link and is named in the tools", async () => {
  const rig = new Rig({ surroundings: { tag: { from: "SIGNALBOX_SESSION", value: "De Ploys" } } });
  rig.box.start();
  await rig.clock.pass(10_000);
  expect(rig.links).toHaveLength(0);
  const { text, failed } = await rig.call("event_take");
  expect(failed).toBe(true);
  expect(text).toMatch(/SIGNALBOX_SESSION is "De Ploys"/);
});

test("closing ends the link at once and leaves no timer", async () => {
  const rig = await Rig.online();
  await rig.link.say(deliver(E2));
  rig.box.close();
  await settle();
  expect(rig.link.ended).toBe(true);
  expect(rig.clock.timers).toBe(0);
  expect(rig.disk.files.get("/state/instance-1.json")).toContain(E2);
});

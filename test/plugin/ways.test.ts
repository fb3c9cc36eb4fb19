import { describe, expect, test } from "vitest";
import { Way } from "../../proto/gen/signalbox/v1/link_pb.ts";
import { SimulatedClock, settle } from "../world/simulated-clock.ts";
import { FakeDisk, OWN, Rig } from "./core-rig.ts";
import { deliver, E1, E2, lineOf, tagOf, wakeOf } from "./event-samples.ts";

describe("the channel", () => {
  test("an event is shown at once, and held only when it is on disk", async () => {
    const disk = new FakeDisk();
    const rig = await Rig.online({ disk });
    let open = () => {};
    disk.gate = new Promise((resolve) => {
      open = resolve;
    });
    await rig.link.say(deliver(E1));
    expect(rig.link.all("held")).toEqual([]);
    expect(rig.shown).toMatchObject([{ meta: { event_id: E1 } }]);
    open();
    await settle();
    expect(rig.link.one("held").of).toMatchObject({ eventId: E1, delivery: 1 });
    expect(rig.shown).toHaveLength(1);
  });

  test("nothing is emitted sooner than 1.2 s after initialized", async () => {
    const rig = new Rig();
    rig.box.start();
    await settle();
    await rig.link.welcome();
    rig.box.initialized({ name: "claude-code", version: "2.1.329" });
    await rig.link.say(deliver(E1));
    await rig.clock.pass(1_100);
    expect(rig.shown).toHaveLength(0);
    await rig.clock.pass(100);
    expect(rig.shown).toHaveLength(1);
  });

  test("a session is ready for it when hooks have shown themselves, or have had time to", async () => {
    for (const hooks of [true, false]) {
      const rig = new Rig();
      rig.box.start();
      await settle();
      await rig.link.welcome();
      rig.box.initialized({ name: "claude-code", version: "2.1.329" });
      if (hooks) rig.waiters.arrive();
      await rig.clock.pass(1_100);
      expect(rig.link.presence.ready).toBe(false);
      await rig.clock.pass(100);
      expect(rig.link.presence.ready).toBe(hooks);
      await rig.clock.pass(2_000);
      expect(rig.link.presence.ready).toBe(true);
    }
  });

  test("the prompt that carries the event is its receipt", async () => {
    const rig = await Rig.online();
    await rig.link.say(deliver(E1));
    expect(await rig.hook("UserPromptSubmit", { prompt: tagOf(E1) })).toEqual({});
    expect(rig.link.one("surfaced")).toMatchObject({ way: Way.CHANNEL, of: { eventId: E1, delivery: 1 } });
  });

  test("a prompt that only speaks of the event is no receipt", async () => {
    const rig = await Rig.online();
    await rig.link.say(deliver(E1));
    await rig.hook("UserPromptSubmit", { prompt: `what about event_id="${E1}" and ${E1}?` });
    expect(rig.link.all("surfaced")).toEqual([]);
  });

  test("words of somebody who only quotes the plugin's are never withdrawn", async () => {
    const rig = await Rig.online();
    rig.waiters.arrive();
    await rig.link.say(deliver(E1));
    await rig.hook("UserPromptSubmit", { prompt: tagOf(E1) });
    for (const prompt of [
      `What does "${lineOf(E1)}" mean?`,
      `${wakeOf(E1)}\nWhy do I see this?`,
      `${tagOf(E1)}\nWhy do I see this?`,
      tagOf(E1).replace("plugin:signalbox:box", "plugin:telegram:telegram"),
      `<channel source="plugin:telegram:telegram" user="eve">\n${wakeOf(E1)}</channel>`,
    ]) {
      expect(await rig.hook("UserPromptSubmit", { prompt })).toEqual({});
    }
    // Somebody had a word in it.
    expect(await rig.hook("UserPromptSubmit", { prompt: wakeOf(E1) })).toMatchObject({ decision: "block" });
    expect(await rig.hook("UserPromptSubmit", { prompt: tagOf(E1) })).toMatchObject({ decision: "block" });
  });

  test("what another channel says of our event is no receipt", async () => {
    const rig = await Rig.online();
    await rig.link.say(deliver(E1));
    const foreign = tagOf(E1).replace("plugin:signalbox:box", "plugin:telegram:telegram");
    await rig.hook("UserPromptSubmit", { prompt: foreign });
    expect(rig.link.all("surfaced")).toEqual([]);
  });

  test("an event that came while somebody typed waits for the end of the turn", async () => {
    const rig = await Rig.online();
    await rig.hook("UserPromptSubmit", { prompt: "hello" });
    await rig.link.say(deliver(E1));
    expect(rig.shown).toHaveLength(0);
    await rig.hook("Stop");
    expect(rig.shown).toHaveLength(1);
  });
});

describe("auto", () => {
  test("without a receipt within a second the same delivery wakes, and so do all that follow", async () => {
    const rig = await Rig.online();
    await rig.hook("SessionStart", { source: "startup" });
    rig.waiters.arrive();
    await rig.link.say(deliver(E1));
    await rig.clock.pass(900);
    expect(rig.waiters.woken).toEqual([]);
    await rig.clock.pass(100);
    expect(rig.waiters.woken).toEqual([E1]);
    await rig.hook("UserPromptSubmit", { prompt: wakeOf(E1) });
    expect(rig.link.one("surfaced")).toMatchObject({ way: Way.WAKE, of: { eventId: E1, delivery: 1 } });
    expect(rig.link.presence.way).toBe(Way.WAKE);
    expect(rig.disk.files.get("/state/instance-1.json")).toContain('"wakes":true');
  });

  test("the copy that surfaces later is withdrawn, whichever it is", async () => {
    for (const [first, second] of [
      [wakeOf, tagOf],
      [tagOf, wakeOf],
    ] as const) {
      const rig = await Rig.online();
      rig.waiters.arrive();
      await rig.link.say(deliver(E1));
      await rig.clock.pass(1_000);
      expect(await rig.hook("UserPromptSubmit", { prompt: first(E1) })).toEqual({});
      expect(await rig.hook("UserPromptSubmit", { prompt: second(E1) })).toMatchObject({ decision: "block" });
      expect(rig.link.all("surfaced")).toHaveLength(1);
    }
  });

  test("hooks that come to life after the event start the second then", async () => {
    const rig = await Rig.online();
    await rig.link.say(deliver(E1));
    await rig.clock.pass(20_000);
    rig.serve = () => ({ eventId: E1, delivery: 1 });
    rig.waiters.arrive();
    await rig.clock.pass(1_000);
    expect(rig.waiters.woken).toEqual([E1]);
  });

  test("a channel that was seen to work is not on trial any more", async () => {
    const rig = await Rig.online();
    rig.waiters.arrive();
    await rig.link.say(deliver(E1));
    await rig.hook("UserPromptSubmit", { prompt: tagOf(E1) });
    void rig.call("event_ack", { summary: "done" });
    await settle();
    await rig.link.acked(E1);
    await rig.hook("Stop");
    rig.waiters.arrive();
    await rig.link.say(deliver(E2));
    await rig.clock.pass(5_000);
    expect(rig.waiters.woken).toEqual([]);
  });

  test("the second does not run while somebody types", async () => {
    const rig = await Rig.online();
    rig.waiters.arrive();
    await rig.link.say(deliver(E1));
    await rig.hook("UserPromptSubmit", { prompt: "hello" });
    await rig.clock.pass(5_000);
    expect(rig.waiters.woken).toEqual([]);
    rig.serve = () => ({ eventId: E1, delivery: 1 });
    await rig.hook("Stop");
    await rig.clock.pass(1_000);
    expect(rig.waiters.woken).toEqual([E1]);
  });

  test("without hooks only a tool call that names the event proves it to Claude Code", async () => {
    const rig = await Rig.online();
    await rig.link.say(deliver(E1));
    await rig.clock.pass(60_000);
    expect(rig.shown).toHaveLength(1);
    expect(rig.link.all("taken")).toEqual([]);
    await rig.call("event_extend", { event_id: E1 });
    expect(rig.link.one("taken").of).toMatchObject({ eventId: E1, delivery: 1 });
  });

  test("a way that the configuration names is taken, whatever comes of it", async () => {
    const rig = await Rig.online({ configuration: { delivery: "channel" } });
    rig.waiters.arrive();
    await rig.link.say(deliver(E1));
    await rig.clock.pass(60_000);
    expect(rig.waiters.woken).toEqual([]);
  });
});

describe("wake", () => {
  test("the event is taken when its answer was read, not before", async () => {
    const rig = await Rig.waking();
    await rig.link.say(deliver(E1));
    expect(rig.shown).toEqual([]);
    expect(rig.waiters.woken).toEqual([E1]);
    await rig.hook("UserPromptSubmit", { prompt: wakeOf(E1) });
    await rig.hook("PreToolUse", { tool_name: `${OWN}event_take`, tool_use_id: "t" });
    expect((await rig.call("event_take")).text).toContain(E1);
    expect(rig.link.all("taken")).toEqual([]);
    await rig.hook("PostToolUse", { tool_name: "Read", tool_use_id: "u" });
    expect(rig.link.all("taken")).toEqual([]);
    await rig.read("event_take");
    expect(rig.link.one("taken").of).toMatchObject({ eventId: E1, delivery: 1 });
    expect((await rig.call("event_take")).text).toContain(E1);
  });

  test("an event that comes while no waiter hangs on wakes with the next one", async () => {
    const rig = await Rig.waking();
    rig.waiters.attached = false;
    await rig.link.say(deliver(E1));
    expect(rig.waiters.woken).toEqual([]);
    rig.waiters.arrive();
    expect(rig.waiters.woken).toEqual([E1]);
  });

  test("an event shown again wakes again, with the same delivery; the older line is withdrawn", async () => {
    const rig = await Rig.waking();
    await rig.link.say(deliver(E1));
    await rig.hook("UserPromptSubmit", { prompt: wakeOf(E1) });
    rig.waiters.arrive();
    await rig.hook("SessionStart", { source: "clear" });
    await rig.link.say(deliver(E1, 1, { again: true }));
    expect(rig.waiters.woken).toEqual([E1, E1]);
    expect(await rig.hook("UserPromptSubmit", { prompt: wakeOf(E1) })).toEqual({});
    expect(await rig.hook("UserPromptSubmit", { prompt: wakeOf(E1) })).toMatchObject({ decision: "block" });
    expect(rig.link.all("surfaced")).toHaveLength(2);
  });

  test("what was recalled is withdrawn when its line surfaces", async () => {
    const rig = await Rig.waking();
    await rig.link.say(deliver(E1));
    await rig.link.say({ case: "recall", value: { of: { eventId: E1, delivery: 1 } } });
    expect(await rig.hook("UserPromptSubmit", { prompt: wakeOf(E1) })).toMatchObject({ decision: "block" });
    rig.waiters.arrive();
    expect(rig.link.presence.ready).toBe(true);
  });

  test("a reminder wakes the silent session once, and its line may surface", async () => {
    const rig = await Rig.waking();
    await rig.link.say(deliver(E1));
    await rig.hook("UserPromptSubmit", { prompt: wakeOf(E1) });
    rig.waiters.arrive();
    await rig.link.say({ case: "remind", value: { of: { eventId: E1, delivery: 1 } } });
    expect(rig.waiters.woken).toEqual([E1, E1]);
    expect(await rig.hook("UserPromptSubmit", { prompt: wakeOf(E1) })).toEqual({});
    rig.waiters.arrive();
    // Waking is life: a second reminder would put off the timeout for ever.
    await rig.link.say({ case: "remind", value: { of: { eventId: E1, delivery: 1 } } });
    expect(rig.waiters.woken).toEqual([E1, E1]);
  });
});

describe("event_take that waits for nothing", () => {
  test("still waits for what the server has ready, so that none is claimed behind its back", async () => {
    const rig = await Rig.waking();
    await rig.hook("UserPromptSubmit", { prompt: "anything new?" });
    const answer = rig.call("event_take");
    await settle();
    expect(rig.link.presence.ready).toBe(true);
    await rig.clock.pass(500);
    await rig.link.say(deliver(E1));
    expect((await answer).text).toContain(`Signalbox event ${E1}`);
  });

  test("says so soon where there is none", async () => {
    const rig = await Rig.waking();
    const answer = rig.call("event_take");
    await rig.clock.pass(1_000);
    expect((await answer).text).toContain("No event is ready");
  });

  test("a client that never says initialized is given what it asks for", async () => {
    const rig = new Rig({ configuration: { join: "always" } });
    rig.box.start();
    await settle();
    await rig.link.welcome();
    const answer = rig.call("event_take", { wait_seconds: 50 });
    await settle();
    expect(rig.link.presence.ready).toBe(true);
    await rig.link.say(deliver(E1));
    expect((await answer).text).toContain(E1);
  });
});

describe("pull", () => {
  const pulling = () =>
    Rig.online({ client: "other", surroundings: { entrypoint: null }, configuration: { join: "always" } });

  test("a waiting event_take makes the session ready, and is given the event; its being written is the receipt", async () => {
    const rig = await pulling();
    expect(rig.link.presence).toMatchObject({ ready: false, way: Way.PULL });
    const answer = rig.call("event_take");
    await settle();
    expect(rig.link.presence).toMatchObject({ ready: true, way: Way.PULL });
    await rig.link.say(deliver(E1));
    expect((await answer).text).toContain(E1);
    expect(rig.link.one("taken").of).toMatchObject({ eventId: E1 });
    expect(rig.shown).toEqual([]);
  });

  test("event_take waits 50 s by default, and then says to call again", async () => {
    const rig = await pulling();
    const answer = rig.call("event_take");
    await rig.clock.pass(49_000);
    expect(rig.link.presence.ready).toBe(true);
    await rig.clock.pass(1_000);
    expect((await answer).text).toContain("Call event_take again");
    expect(rig.link.presence.ready).toBe(false);
  });

  test("a cancelled event_take is ready no more", async () => {
    const rig = await pulling();
    const cancel = new AbortController();
    const answer = rig.call("event_take", {}, cancel.signal);
    await settle();
    cancel.abort();
    await answer;
    expect(rig.link.presence.ready).toBe(false);
  });

  test("a client without an entrypoint joins by its first event_take", async () => {
    const rig = new Rig({ surroundings: { entrypoint: null } });
    rig.box.start();
    rig.box.initialized({ name: "other", version: "1" });
    await rig.clock.pass(60_000);
    expect(rig.links).toHaveLength(0);
    const answer = rig.call("event_take");
    await settle();
    await rig.link.welcome();
    expect(rig.link.presence.ready).toBe(true);
    await rig.link.say(deliver(E1));
    expect((await answer).text).toContain(E1);
  });
});

describe("joining", () => {
  test.each([
    ["interactive", "cli", null, true],
    ["interactive", "cli", false, false],
    ["interactive", "sdk-cli", false, false],
    ["always", "sdk-cli", false, true],
    ["never", "cli", null, false],
  ] as const)("join %s, entrypoint %s, attended %s: %s", async (join, entrypoint, attended, joins) => {
    const rig = new Rig({ configuration: { join }, surroundings: { entrypoint, attended } });
    rig.box.start();
    await settle();
    expect(rig.links.length === 1).toBe(joins);
    rig.reply = { kind: "ok", response: { profileId: "p_abc" } };
    expect((await rig.call("account_info")).text).toContain("p_abc");
    if (!joins) expect((await rig.call("event_take")).text).toContain("takes no events");
  });
});

test("the same clock can be shared by a whole world", async () => {
  const clock = new SimulatedClock();
  const [one, two] = [await Rig.online({ clock }), await Rig.online({ clock })];
  expect(one.link.ended || two.link.ended).toBe(false);
});

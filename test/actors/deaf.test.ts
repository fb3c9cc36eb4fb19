import { describe, expect, test } from "vitest";
import { Box, MINUTE, SECOND } from "../world/box.ts";

describe("a session that cannot surface events", () => {
  test("is deaf after ten seconds, and costs the event none of its attempts", async () => {
    const box = await Box.start();
    const plugin = await box.plugin().connect();
    const id = await box.arrives();
    await plugin.says({ ready: false }, false);
    await box.clock.pass(10 * SECOND);
    expect(await box.sessionState("s1")).toBe("deaf");
    expect(await box.state(id)).toBe("returned");
    expect(plugin.recalled).toMatchObject([{ of: { eventId: id }, reason: "withdrawn" }]);
    expect((await box.record(id)).actor.context).toMatchObject({
      attempts: 0,
      delivery: 1,
      reason: "unseen",
    });
  });

  test("gets nothing until it shows life, and then the event first", async () => {
    const box = await Box.start();
    const plugin = await box.plugin().connect();
    const id = await box.arrives();
    await box.clock.pass(10 * SECOND);
    await plugin.says({ ready: true }, false);
    expect(plugin.shown).toHaveLength(1);
    await plugin.says({ ready: true }, true);
    expect(await box.sessionState("s1")).toBe("online");
    expect(plugin.last).toMatchObject({ eventId: id, delivery: 2 });
  });

  test("stays deaf when its link breaks and comes back", async () => {
    const box = await Box.start();
    const plugin = await box.plugin().connect();
    await box.arrives();
    await box.clock.pass(10 * SECOND);
    await plugin.loses();
    await plugin.connect();
    expect(await box.sessionState("s1")).toBe("deaf");
    expect(plugin.shown).toHaveLength(1);
    // A new process has proved nothing bad.
    await plugin.loses();
    const second = await box.plugin({ instance: "instance-2" }).connect();
    expect(second.shown).toHaveLength(1);
  });

  test("is not called deaf for what never came through to it: its link is ended, and made anew", async () => {
    const box = await Box.start();
    const plugin = await box.plugin({ hears: false }).connect();
    const id = await box.arrives();
    await box.clock.pass(10 * SECOND);
    expect(await box.state(id)).toBe("returned");
    expect((await box.record(id)).actor.context).toMatchObject({ attempts: 0, reason: "unseen" });
    expect(await box.sessionState("s1")).toBe("away");
    expect(plugin.shown).toEqual([]);
    const back = await box.plugin().connect();
    expect(back.last).toMatchObject({ eventId: id, delivery: 2 });
  });

  test("does not keep the event from a session that can", async () => {
    const box = await Box.start();
    const deaf = await box.plugin({ session: "s1", instance: "instance-1" }).connect();
    const id = await box.arrives();
    const able = await box.plugin({ session: "s2", instance: "instance-2" }).connect();
    await box.clock.pass(10 * SECOND);
    expect(deaf.shown).toHaveLength(1);
    expect(able.last).toMatchObject({ eventId: id, delivery: 2 });
  });

  test("is not called deaf while somebody types in it", async () => {
    const box = await Box.start();
    const plugin = await box.plugin().connect();
    const id = await box.arrives();
    await plugin.says({ ready: false, busy: true });
    await box.clock.pass(MINUTE);
    expect(await box.sessionState("s1")).toBe("online");
    await plugin.says({ ready: false, busy: false });
    await plugin.surfaced("channel");
    expect(await box.state(id)).toBe("delivered");
  });
});

describe("a session that is woken but does not take the event", () => {
  test("gives it back unseen after two minutes, and is deaf after three in a row", async () => {
    const box = await Box.start();
    const plugin = await box.plugin().connect();
    const id = await box.arrives();
    for (let miss = 1; miss <= 3; miss++) {
      await plugin.surfaced("wake");
      expect(await box.state(id)).toBe("dispatching");
      await plugin.says({ ready: false }, false);
      await box.clock.pass(2 * MINUTE);
      expect(await box.state(id)).toBe(miss < 3 ? "returned" : "returned");
      await plugin.says({ ready: true }, false);
    }
    expect(await box.sessionState("s1")).toBe("deaf");
    expect(plugin.shown).toHaveLength(3);
    expect((await box.record(id)).actor.context.attempts).toBe(0);
  });

  test("without hooks is deaf after one", async () => {
    const box = await Box.start();
    const plugin = await box.plugin({ hooks: false }).connect();
    const id = await box.arrives();
    await plugin.says({ ready: false }, false);
    await box.clock.pass(2 * MINUTE);
    expect(await box.sessionState("s1")).toBe("deaf");
    expect(await box.state(id)).toBe("returned");
  });

  test("proves itself by taking it", async () => {
    const box = await Box.start();
    const plugin = await box.plugin().connect();
    const id = await box.arrives();
    await plugin.surfaced("wake");
    await plugin.taken();
    expect(await box.state(id)).toBe("delivered");
  });
});

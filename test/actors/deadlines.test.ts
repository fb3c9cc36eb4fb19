import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { Box, MINUTE, SECOND } from "../world/box.ts";
import { Trouble } from "../world/troubled-store.ts";

const folders: string[] = [];
const newPath = () => {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-"));
  folders.push(folder);
  return join(folder, "signalbox.db");
};
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

describe("a deadline", () => {
  test("reminds a silent session after two minutes, and gives its event back after five", async () => {
    const box = await Box.start();
    const plugin = await box.plugin().connect();
    const id = await box.arrives();
    await plugin.surfaced();
    await plugin.says({ ready: false });
    await box.clock.pass(2 * MINUTE - 1);
    expect(plugin.reminded).toEqual([]);
    await box.clock.pass(1);
    expect(plugin.reminded).toEqual([{ eventId: id, delivery: 1 }]);
    await box.clock.pass(3 * MINUTE - 1);
    expect(await box.state(id)).toBe("delivered");
    await box.clock.pass(1);
    expect(await box.state(id)).toBe("returned");
    expect(plugin.recalled).toMatchObject([{ reason: "timed_out" }]);
    const { context } = (await box.record(id)).actor;
    expect(context).toMatchObject({ attempts: 1, reason: "timed_out", claim: null });
  });

  test("is the event's own where its source has set one, in each of its deliveries", async () => {
    const box = await Box.start();
    const plugin = await box.plugin().connect();
    const id = await box.arrives({ details: { remindMs: 20 * SECOND, timeoutMs: 50 * SECOND } });
    for (const delivery of [1, 2]) {
      await plugin.surfaced();
      await plugin.says({ ready: false });
      await box.clock.pass(20 * SECOND - 1);
      expect(plugin.reminded).toHaveLength(delivery - 1);
      await box.clock.pass(1);
      expect(plugin.reminded.at(-1)).toEqual({ eventId: id, delivery });
      await box.clock.pass(30 * SECOND - 1);
      expect(await box.state(id)).toBe("delivered");
      await box.clock.pass(1);
      expect(await box.state(id)).toBe("returned");
      await plugin.says({ ready: true });
    }
    const next = await box.arrives();
    await plugin.surfaced();
    await plugin.acks();
    await plugin.surfaced();
    await plugin.says({ ready: false });
    await box.clock.pass(2 * MINUTE - 1);
    expect(plugin.reminded).toHaveLength(2);
    expect(await box.state(next)).toBe("delivered");
  });

  test("starts anew with each sign of life", async () => {
    const box = await Box.start();
    const plugin = await box.plugin().connect();
    const id = await box.arrives();
    await plugin.surfaced();
    for (let i = 0; i < 5; i++) {
      await box.clock.pass(90 * SECOND);
      await plugin.says({ ready: false, busy: true });
    }
    expect(plugin.reminded).toEqual([]);
    expect(await box.state(id)).toBe("delivered");
  });

  test("does not take a tool call of fifteen minutes for silence", async () => {
    const box = await Box.start();
    const plugin = await box.plugin().connect();
    const id = await box.arrives();
    await plugin.surfaced();
    await plugin.says({ ready: false, busy: true, toolRunning: true });
    await box.clock.pass(15 * MINUTE - 1);
    expect(plugin.reminded).toEqual([]);
    await box.clock.pass(2 * MINUTE + 1);
    expect(plugin.reminded).toHaveLength(1);
    await box.clock.pass(3 * MINUTE);
    expect(await box.state(id)).toBe("returned");
  });

  test("ends the longest hold, whatever the signs of life", async () => {
    const box = await Box.start();
    const plugin = await box.plugin().connect();
    const id = await box.arrives();
    await plugin.surfaced();
    for (let i = 0; i < 59; i++) {
      await box.clock.pass(MINUTE);
      await plugin.says({ ready: false, busy: true });
    }
    expect(await box.state(id)).toBe("delivered");
    await box.clock.pass(MINUTE);
    expect(await box.state(id)).toBe("returned");
    expect((await box.record(id)).actor.context.reason).toBe("held_too_long");
  });

  test("of the longest hold waits for who is away, until he is back or his grace is over", async () => {
    const path = newPath();
    const before = await Box.start({ path });
    const first = await before.plugin().connect();
    const of = { eventId: await before.arrives(), delivery: 1 };
    await first.surfaced();
    for (let i = 0; i < 59; i++) {
      await before.clock.pass(MINUTE);
      await first.says({ ready: false, busy: true });
    }
    await before.clock.pass(50 * SECOND);
    await before.kill();

    const box = await Box.start({ path, clock: before.clock });
    await box.clock.pass(30 * SECOND);
    expect(await box.state(of.eventId)).toBe("delivered");
    const plugin = await box.plugin().connect({ inHand: of, ready: false });
    await box.clock.pass(0);
    expect(plugin.recalled).toEqual([{ of, reason: "timed_out" }]);
    expect((await box.record(of.eventId)).actor.context).toMatchObject({
      reason: "held_too_long",
      attempts: 1,
    });
    await box.kill();
  });

  test("gives a session without hooks thirty minutes", async () => {
    const box = await Box.start();
    const plugin = await box.plugin({ hooks: false }).connect();
    const id = await box.arrives();
    await plugin.taken();
    await plugin.says({ ready: false }, false);
    await box.clock.pass(30 * MINUTE - 1);
    expect(await box.state(id)).toBe("delivered");
    await box.clock.pass(1);
    expect(await box.state(id)).toBe("returned");
  });

  test("is not used up while the server is down", async () => {
    const path = newPath();
    const before = await Box.start({ path });
    const plugin = await before.plugin().connect();
    const id = await before.arrives();
    await plugin.surfaced();
    await before.clock.pass(MINUTE);
    await before.kill();
    before.clock.jump(3 * 60 * MINUTE);

    const box = await Box.start({ path, clock: before.clock });
    expect(await box.state(id)).toBe("delivered");
    await box.clock.pass(MINUTE - 1);
    expect(await box.state(id)).toBe("delivered");
    await box.clock.pass(1);
    expect(await box.state(id)).toBe("returned");
    expect((await box.record(id)).actor.context).toMatchObject({ attempts: 0, reason: "away" });
    await box.kill();
  });

  test("is not used up by a start on a slow disk", async () => {
    const path = newPath();
    const before = await Box.start({ path });
    const plugin = await before.plugin().connect();
    const id = await before.arrives();
    await plugin.surfaced();
    await before.kill();

    const { clock } = before;
    const slow = new Trouble();
    slow.before = () => new Promise((resolve) => void clock.setTimer(5 * SECOND, resolve));
    const starting = Box.start({ path, clock, wrap: (store) => slow.wrap(store) });
    const started = starting.then(() => true);
    while (!(await Promise.race([started, clock.pass(SECOND).then(() => false)])));
    const box = await starting;
    slow.before = async () => {};
    await clock.pass(MINUTE - 2 * SECOND);
    expect(await box.state(id)).toBe("delivered");
    await clock.pass(2 * SECOND);
    expect(await box.state(id)).toBe("returned");
    await box.kill();
  });

  test("survives a restart: the reminder of a session that came back still comes", async () => {
    const path = newPath();
    const before = await Box.start({ path });
    const first = await before.plugin().connect();
    const id = await before.arrives();
    await first.surfaced();
    await before.kill();

    const box = await Box.start({ path, clock: before.clock });
    const plugin = box.plugin();
    await plugin.connect({ inHand: { eventId: id, delivery: 1 }, ready: false });
    expect(plugin.shown).toEqual([]);
    expect(plugin.welcomed?.keep).toEqual({ eventId: id, delivery: 1 });
    await box.clock.pass(2 * MINUTE);
    expect(plugin.reminded).toHaveLength(1);
    await box.kill();
  });

  test("moves with a jump of the wall clock, in both directions", async () => {
    for (const jump of [45 * MINUTE, -45 * MINUTE]) {
      const box = await Box.start();
      const plugin = await box.plugin().connect();
      const id = await box.arrives();
      await plugin.surfaced();
      await plugin.says({ ready: false });
      await box.clock.pass(MINUTE);
      box.clock.jump(jump);
      await box.clock.pass(50 * SECOND);
      expect(plugin.reminded).toEqual([]);
      await box.clock.pass(15 * SECOND);
      expect(plugin.reminded).toHaveLength(1);
      expect(await box.state(id)).toBe("delivered");
    }
  });

  test("brings an event back that was acked with retry, at its time and in its place", async () => {
    const box = await Box.start();
    const plugin = await box.plugin().connect();
    const first = await box.arrives();
    await plugin.surfaced();
    await plugin.acks(plugin.last, { outcome: "retry", retryAfterMs: 30 * SECOND, ready: false });
    expect(await box.state(first)).toBe("scheduled");
    const second = await box.arrives();
    await box.clock.pass(30 * SECOND);
    expect(await box.state(first)).toBe("queued");
    await plugin.says({ ready: true });
    expect(plugin.last).toMatchObject({ eventId: first, delivery: 2 });
    expect(await box.state(second)).toBe("queued");
  });

  test("ends attempts in the dead letters", async () => {
    const box = await Box.start();
    const plugin = await box.plugin().connect();
    const id = await box.arrives();
    for (let attempt = 1; attempt <= 3; attempt++) {
      expect(plugin.last).toMatchObject({ eventId: id, delivery: attempt });
      await plugin.surfaced();
      await plugin.says({ ready: false });
      await box.clock.pass(5 * MINUTE);
      await plugin.says({ ready: true });
    }
    expect(await box.state(id)).toBe("dead");
    expect((await box.record(id)).actor.context).toMatchObject({ attempts: 3, reason: "timed_out" });
    expect(plugin.shown).toHaveLength(3);
  });
});

import { describe, expect, test } from "vitest";
import { Box, MINUTE } from "../world/box.ts";

describe("a link that breaks", () => {
  test("and comes back inside its grace keeps the event, and nothing is shown twice", async () => {
    const box = await Box.start();
    const plugin = await box.plugin().connect();
    const id = await box.arrives();
    await plugin.surfaced();
    await plugin.loses();
    expect(await box.sessionState("s1")).toBe("away");
    await box.clock.pass(MINUTE - 1);
    await plugin.connect({ inHand: { eventId: id, delivery: 1 }, ready: false });
    await box.clock.pass(MINUTE + 1);
    expect(await box.sessionState("s1")).toBe("online");
    expect(plugin.welcomed?.keep).toEqual({ eventId: id, delivery: 1 });
    expect(plugin.shown).toHaveLength(1);
    expect(await plugin.acks()).toMatchObject({ status: "settled" });
  });

  test("is heard of the tool call that ended meanwhile: silence is then silence", async () => {
    const box = await Box.start();
    const plugin = await box.plugin().connect();
    const id = await box.arrives();
    await plugin.surfaced();
    await plugin.says({ ready: false, busy: true, toolRunning: true });
    await plugin.loses();
    await plugin.connect({ inHand: { eventId: id, delivery: 1 }, ready: false });
    await box.clock.pass(5 * MINUTE);
    expect(await box.state(id)).not.toBe("delivered");
  });

  test("is heard of the tool call that still runs: work is not silence", async () => {
    const box = await Box.start();
    const plugin = await box.plugin().connect();
    const id = await box.arrives();
    await plugin.surfaced();
    await plugin.loses();
    await plugin.connect({
      inHand: { eventId: id, delivery: 1 },
      ready: false,
      presence: plugin.presence({ toolRunning: true }),
    });
    await box.clock.pass(6 * MINUTE);
    expect(await box.state(id)).toBe("delivered");
  });

  test("before the plugin had the event is given it again, with the number that it had", async () => {
    const box = await Box.start();
    const plugin = await box.plugin().connect();
    const id = await box.arrives();
    await plugin.loses();
    await plugin.connect({ ready: false });
    expect(plugin.welcomed?.keep).toBeNull();
    expect(plugin.shown.map(({ eventId, delivery }) => [eventId, delivery])).toEqual([
      [id, 1],
      [id, 1],
    ]);
  });

  test("for longer than its grace gives the event to whoever is there, at the front", async () => {
    const box = await Box.start();
    const plugin = await box.plugin().connect();
    const id = await box.arrives();
    const later = await box.arrives();
    await plugin.surfaced();
    await plugin.loses();
    const other = await box.plugin({ session: "s2", instance: "instance-2" }).connect();
    expect(other.last.eventId).toBe(later);
    await other.acks();
    await other.says({ ready: true });
    await box.clock.pass(MINUTE);
    expect(other.last).toMatchObject({ eventId: id, delivery: 2, again: true });
    expect(await box.sessionState("s1")).toBe("gone");
    await plugin.connect({ inHand: { eventId: id, delivery: 1 }, ready: false });
    expect(plugin.welcomed?.keep).toBeNull();
  });
});

test("what goes back while its session comes back is not left in its hands", async () => {
  const asked = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  let slow = false;
  const box = await Box.start({
    wrap: (store) => ({
      ...store,
      async claimOf(account, session) {
        const found = await store.claimOf(account, session);
        if (!slow) return found;
        slow = false;
        asked.resolve();
        await go.promise;
        return found;
      },
    }),
  });
  const plugin = await box.plugin().connect();
  const id = await box.arrives();
  await plugin.surfaced();
  await plugin.loses();
  slow = true;
  const back = plugin.connect({ inHand: { eventId: id, delivery: 1 }, ready: false });
  await asked.promise;
  await box.clock.pass(MINUTE);
  expect(await box.state(id)).toBe("returned");
  go.resolve();
  await back;
  expect(plugin.welcomed?.keep).toBeNull();
});

describe("acks that waited while the link was down", () => {
  test("are settled before anything is shown again", async () => {
    const box = await Box.start();
    const first = await box.plugin().connect();
    const id = await box.arrives();
    const next = await box.arrives();
    await first.surfaced();
    await first.loses();
    const unconfirmed = [
      { of: { eventId: id, delivery: 1 }, outcome: "done" as const, summary: "did it", retryAfterMs: null },
    ];
    const second = await box.plugin({ instance: "instance-2" }).connect({ unconfirmed });
    expect(second.welcomed?.acks).toMatchObject([{ status: "settled" }]);
    expect(second.shown.map(({ eventId }) => eventId)).toEqual([next]);
  });
});

describe("a new process of a known session", () => {
  test("is shown the event again, marked, with the number that it had", async () => {
    const box = await Box.start();
    const first = await box.plugin().connect();
    const id = await box.arrives();
    await first.surfaced();
    await first.loses();
    const second = await box.plugin({ instance: "instance-2" }).connect();
    expect(second.last).toMatchObject({ eventId: id, delivery: 1, again: true });
    expect((await box.record(id)).actor.context).toMatchObject({ again: "restarted", attempts: 0 });
  });

  test("takes over from a stream that no longer answers", async () => {
    const box = await Box.start();
    const first = await box.plugin({ answers: false }).connect();
    const id = await box.arrives();
    await first.surfaced();
    const second = await box.plugin({ instance: "instance-2" }).connect();
    expect(first.gone).toBe(true);
    expect(second.last).toMatchObject({ eventId: id, delivery: 1, again: true });
    // What the old stream still says no longer counts: its receipt proves nothing of the new process.
    await first.says({ ready: true, busy: true });
    await first.surfaced("channel", { eventId: id, delivery: 1 });
    expect(await box.state(id)).toBe("dispatching");
    await first.loses();
    expect(await box.sessionState("s1")).toBe("online");
  });

  test("is a session of its own while the first one answers", async () => {
    const box = await Box.start();
    const first = await box.plugin().connect();
    const id = await box.arrives();
    await first.surfaced();
    const second = await box.plugin({ instance: "instance-2" }).connect();
    expect(first.gone).toBe(false);
    expect(second.shown).toEqual([]);
    expect(second.live.session).not.toBe(first.live.session);
    const other = await box.arrives();
    expect(second.last.eventId).toBe(other);
    // It is found again under its own name after a break.
    await second.loses();
    await second.connect({ inHand: { eventId: other, delivery: 1 }, ready: false });
    expect(second.welcomed?.keep).toEqual({ eventId: other, delivery: 1 });
    expect(await first.acks({ eventId: id, delivery: 1 })).toMatchObject({ status: "settled" });
  });

  test("that serves another lane leaves the event to the old one", async () => {
    const box = await Box.start();
    const first = await box.plugin().connect();
    const id = await box.arrives();
    await first.surfaced();
    await first.loses();
    const second = await box.plugin({ instance: "instance-2", lane: "tag:deploys" }).connect();
    expect(second.shown).toEqual([]);
    expect(await box.state(id)).toBe("returned");
    expect((await box.record(id)).actor.context.attempts).toBe(0);
  });
});

describe("a turn that died", () => {
  test("has its event shown again, with the number that it had", async () => {
    const box = await Box.start();
    const plugin = await box.plugin().connect();
    const id = await box.arrives();
    await plugin.surfaced();
    for (const why of ["cleared", "escaped"] as const) {
      box.box.sessions.turnLost(plugin.live, { eventId: id, delivery: 1 }, why);
      await box.clock.pass(0);
      expect(plugin.last).toMatchObject({ eventId: id, delivery: 1, again: true });
      await plugin.surfaced();
    }
    expect(plugin.shown).toHaveLength(3);
    // Told of a delivery that is over, it changes nothing.
    box.box.sessions.turnLost(plugin.live, { eventId: id, delivery: 7 }, "cleared");
    await box.clock.pass(0);
    expect(plugin.shown).toHaveLength(3);
  });
});

test("an event that is acked in the tick that would show it again is not shown again", async () => {
  const box = await Box.start();
  const plugin = await box.plugin().connect();
  const id = await box.arrives();
  await plugin.surfaced();
  box.box.sessions.turnLost(plugin.live, { eventId: id, delivery: 1 }, "escaped");
  expect(await plugin.acks()).toMatchObject({ status: "settled" });
  expect(plugin.shown).toHaveLength(1);
  expect(await box.state(id)).toBe("acked");
});

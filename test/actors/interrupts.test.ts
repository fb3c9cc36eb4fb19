/** Promise 3: what an interrupt does to a lane, and what becomes of the event that it stops. */
import { describe, expect, test } from "vitest";
import { SignalboxError } from "../../src/domain/errors.ts";
import { Box, MINUTE, SECOND } from "../world/box.ts";

const WORKING = { busy: true, ready: false };

/** A session that works on the lane's first event, in a running turn. */
async function working(box: Box, options: { session?: string; instance?: string } = {}) {
  const plugin = await box.plugin(options).connect();
  const id = await box.arrives();
  await plugin.surfaced("wake");
  await plugin.says(WORKING);
  await plugin.taken();
  return { plugin, id };
}

describe("an interrupt", () => {
  test("stops what runs, is delivered at once, and gives it back to its session when it is acked", async () => {
    const box = await Box.start();
    const { plugin, id } = await working(box);
    const waits = await box.arrives({ priority: "priority" });
    await box.clock.pass(40 * SECOND);
    const interrupt = await box.arrives({ priority: "interrupt" });
    expect(plugin.recalled).toEqual([{ of: { eventId: id, delivery: 1 }, reason: "interrupted" }]);
    expect(plugin.last).toMatchObject({ eventId: interrupt, delivery: 1, band: "interrupt", again: false });
    expect(await box.state(id)).toBe("interrupted");
    await plugin.taken();
    await plugin.acks();
    expect(plugin.last).toMatchObject({ eventId: id, delivery: 2, band: "resumed", again: true });
    expect(plugin.last.content).toContain(
      "(delivery 2, resumed: it comes back because something more urgent interrupted it after 40 seconds of work;",
    );
    await plugin.acks();
    expect(plugin.last.eventId).toBe(waits);
    expect((await box.record(id)).actor.context).toMatchObject({ attempts: 0, delivery: 2, outcome: "done" });
  });

  test("is what its session has in hand, also after the event that it stopped was acked", async () => {
    const box = await Box.start();
    const { plugin, id } = await working(box);
    const interrupt = await box.arrives({ priority: "interrupt" });
    expect(plugin.last.eventId).toBe(interrupt);
    expect(await plugin.acks({ eventId: id, delivery: 1 })).toMatchObject({
      status: "settled",
      state: "acked",
    });
    expect(plugin.live.presence.ready).toBe(false);
    expect(plugin.last.eventId).toBe(interrupt);
  });

  test("goes to a session that is free, and stops nothing", async () => {
    const box = await Box.start();
    const { plugin, id } = await working(box);
    const idle = await box.plugin({ session: "s2", instance: "instance-2" }).connect();
    const interrupt = await box.arrives({ priority: "interrupt" });
    expect(idle.last.eventId).toBe(interrupt);
    expect(plugin.recalled).toEqual([]);
    expect(await box.state(id)).toBe("delivered");
  });

  test("stops the event that has run for longest", async () => {
    const box = await Box.start();
    const first = await working(box);
    await box.clock.pass(SECOND);
    const second = await working(box, { session: "s2", instance: "instance-2" });
    await box.clock.pass(SECOND);
    const one = await box.arrives({ priority: "interrupt" });
    expect([first.plugin.last.eventId, second.plugin.last.eventId]).toEqual([one, second.id]);
    // The next finds another interrupt there, which it lets be.
    const two = await box.arrives({ priority: "interrupt" });
    expect([first.plugin.last.eventId, second.plugin.last.eventId]).toEqual([one, two]);
    const three = await box.arrives({ priority: "interrupt" });
    expect(await box.state(three)).toBe("queued");
  });

  test("waits for another: first in, first out", async () => {
    const box = await Box.start();
    const { plugin, id } = await working(box);
    const first = await box.arrives({ priority: "interrupt" });
    const second = await box.arrives({ priority: "interrupt" });
    expect(plugin.last.eventId).toBe(first);
    expect(await box.state(second)).toBe("queued");
    await plugin.taken();
    await plugin.acks();
    expect(plugin.last.eventId).toBe(second);
    await plugin.acks();
    expect(plugin.last.eventId).toBe(id);
  });

  test("waits for the receipt of what is on its way", async () => {
    const box = await Box.start();
    const plugin = await box.plugin().connect();
    const id = await box.arrives();
    const interrupt = await box.arrives({ priority: "interrupt" });
    expect(plugin.last.eventId).toBe(id);
    await plugin.surfaced("wake");
    await plugin.says(WORKING);
    expect(plugin.last.eventId).toBe(id);
    await plugin.taken();
    expect(plugin.last.eventId).toBe(interrupt);
    expect(await box.state(id)).toBe("interrupted");
  });

  test("takes the place of what did not surface in time", async () => {
    const box = await Box.start();
    const plugin = await box.plugin().connect();
    const id = await box.arrives();
    const interrupt = await box.arrives({ priority: "interrupt" });
    await plugin.says({ ready: false });
    await box.clock.pass(10 * SECOND);
    expect(await box.state(id)).toBe("returned");
    await plugin.says({ ready: true });
    expect(plugin.last.eventId).toBe(interrupt);
  });

  test("enters a turn that runs without an event", async () => {
    const box = await Box.start();
    const plugin = await box.plugin().connect({ ready: false });
    await plugin.says(WORKING);
    await box.arrives();
    expect(plugin.shown).toEqual([]);
    const interrupt = await box.arrives({ priority: "interrupt" });
    expect(plugin.last.eventId).toBe(interrupt);
  });

  test("has time until the next tool call of the turn that it enters", async () => {
    const box = await Box.start();
    const { plugin } = await working(box);
    const interrupt = await box.arrives({ priority: "interrupt" });
    await box.clock.pass(5 * MINUTE);
    expect(await box.state(interrupt)).toBe("dispatching");
    expect(await box.sessionState("s1")).toBe("online");
    // Its link breaks meanwhile, and comes back.
    await plugin.loses();
    await plugin.connect({
      ready: false,
      inHand: { eventId: interrupt, delivery: 1 },
      presence: plugin.presence(WORKING),
    });
    await box.clock.pass(5 * MINUTE);
    expect(await box.state(interrupt)).toBe("dispatching");
    // The turn is over, and nothing was seen of it.
    await plugin.says({ busy: false, ready: false });
    await box.clock.pass(10 * SECOND);
    expect(await box.state(interrupt)).toBe("returned");
  });

  test("waits where nothing can be stopped, until the event is acked", async () => {
    const box = await Box.start();
    const { plugin, id } = await working(box, {});
    await plugin.says({ ...WORKING, interruptible: false });
    const interrupt = await box.arrives({ priority: "interrupt" });
    expect(plugin.last.eventId).toBe(id);
    await plugin.acks();
    expect(plugin.last.eventId).toBe(interrupt);
  });

  test("stops the event of a session that comes back with it", async () => {
    const box = await Box.start();
    const { plugin, id } = await working(box);
    await plugin.loses();
    const interrupt = await box.arrives({ priority: "interrupt" });
    expect(await box.state(id)).toBe("delivered");
    const inHand = { eventId: id, delivery: 1 };
    await plugin.connect({ ready: false, inHand, presence: plugin.presence(WORKING) });
    await plugin.says(WORKING);
    expect(plugin.last.eventId).toBe(interrupt);
    expect(await box.state(id)).toBe("interrupted");
  });

  test("is not forgotten by a server that starts anew", async () => {
    const path = `${(await import("node:os")).tmpdir()}/interrupts-${process.pid}.db`;
    const before = await Box.start({ path });
    const { id } = await working(before);
    await before.kill();
    const box = await Box.start({ path, clock: before.clock });
    const interrupt = await box.arrives({ priority: "interrupt" });
    const plugin = await box.plugin().connect({ ready: false, inHand: { eventId: id, delivery: 1 } });
    await plugin.says(WORKING);
    expect(plugin.last.eventId).toBe(interrupt);
    await box.kill();
  });
});

test("an interrupt that a failing store has kept all the same stops what runs", async () => {
  let failing = false;
  const box = await Box.start({
    wrap: (store) => ({
      ...store,
      commit: async (writes) => {
        const results = await store.commit(writes);
        if (failing) throw new SignalboxError("unavailable", "store_io", "the disk fails", "Check the disk");
        return results;
      },
    }),
  });
  const { plugin, id } = await working(box);
  failing = true;
  await expect(box.arrives({ priority: "interrupt" })).rejects.toThrow();
  failing = false;
  // Nobody sends it again: it was never accepted.
  await box.clock.pass(SECOND);
  expect(plugin.last.band).toBe("interrupt");
  expect(await box.state(id)).toBe("interrupted");
});

describe("an event that was interrupted", () => {
  test("is kept for its session, and other sessions take what comes behind it", async () => {
    const box = await Box.start();
    const { plugin, id } = await working(box);
    await box.arrives({ priority: "interrupt" });
    const next = await box.arrives();
    const other = await box.plugin({ session: "s2", instance: "instance-2" }).connect();
    expect(other.last.eventId).toBe(next);
    await other.acks();
    expect(await box.state(id)).toBe("interrupted");
    await plugin.acks();
    expect(plugin.last.eventId).toBe(id);
  });

  test("is for anybody once its session is gone", async () => {
    const box = await Box.start();
    const { plugin, id } = await working(box);
    await box.arrives({ priority: "interrupt" });
    const other = await box.plugin({ session: "s2", instance: "instance-2" }).connect();
    await plugin.loses();
    await box.clock.pass(50 * SECOND);
    expect(await box.state(id)).toBe("interrupted");
    await box.clock.pass(10 * SECOND);
    // The interrupt itself came back before it.
    await other.acks();
    expect(other.last).toMatchObject({ eventId: id, delivery: 2 });
  });

  test("is for anybody once its session serves another lane", async () => {
    const box = await Box.start();
    const { plugin, id } = await working(box);
    const interrupt = await box.arrives({ priority: "interrupt" });
    await plugin.loses();
    await box.plugin({ lane: "tag:deploys" }).connect();
    const other = await box.plugin({ session: "s2", instance: "instance-2" }).connect();
    expect(other.last.eventId).toBe(interrupt);
    await other.acks();
    expect(other.last.eventId).toBe(id);
  });

  test("is settled by its ack, which comes late", async () => {
    const box = await Box.start();
    const { plugin, id } = await working(box);
    const of = plugin.last;
    const interrupt = await box.arrives({ priority: "interrupt" });
    expect(await plugin.acks(of, { ready: false })).toMatchObject({ status: "settled", state: "acked" });
    await plugin.taken();
    expect(await plugin.acks()).toMatchObject({ status: "settled" });
    expect(await box.state(interrupt)).toBe("acked");
    expect(await box.state(id)).toBe("acked");
    expect(plugin.shown).toHaveLength(2);
  });

  test("is not settled by that ack once it is in hand again", async () => {
    const box = await Box.start();
    const { plugin, id } = await working(box);
    const of = plugin.last;
    await box.arrives({ priority: "interrupt" });
    await plugin.taken();
    await plugin.acks();
    expect(plugin.last.eventId).toBe(id);
    expect(await plugin.acks(of)).toMatchObject({ status: "late", state: "dispatching" });
  });
});

describe("several sessions of a lane", () => {
  test("share it: who has been free for longest gets the next event", async () => {
    const box = await Box.start();
    const seats = ["s1", "s2", "s3"].map((session) =>
      box.plugin({ session, instance: `instance-${session}` }),
    );
    const [one, two, three] = await Promise.all(seats.map((seat) => seat.connect()));
    if (one === undefined || two === undefined || three === undefined) throw new Error("three sat down");
    const got = async () => {
      const id = await box.arrives();
      return [one, two, three].findIndex((seat) => seat.shown.at(-1)?.eventId === id);
    };
    expect([await got(), await got(), await got()]).toEqual([0, 1, 2]);
    // Each is free again when its ack has come.
    for (const seat of [three, one, two]) await seat.acks();
    for (const seat of [three, one, two]) await seat.says({ ready: true });
    expect([await got(), await got(), await got()]).toEqual([2, 0, 1]);
  });
});

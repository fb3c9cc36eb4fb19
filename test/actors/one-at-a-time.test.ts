import { describe, expect, test } from "vitest";
import { Box } from "../world/box.ts";

describe("a lane", () => {
  test("gives a session one event at a time, in the order of arrival", async () => {
    const box = await Box.start();
    const ids = [await box.arrives(), await box.arrives(), await box.arrives()];
    const plugin = await box.plugin().connect();
    for (const id of ids) {
      expect(plugin.shown).toHaveLength(ids.indexOf(id) + 1);
      expect(plugin.last).toMatchObject({ eventId: id, delivery: 1, again: false });
      await plugin.surfaced();
      // However ready it calls itself, it gets nothing before its ack.
      await plugin.says({ ready: true });
      expect(plugin.shown).toHaveLength(ids.indexOf(id) + 1);
      expect(await plugin.acks()).toMatchObject({ status: "settled", state: "acked" });
    }
    expect(plugin.shown).toHaveLength(3);
  });

  test("lets priority go before normal, and neither before what comes back", async () => {
    const box = await Box.start();
    const first = await box.arrives();
    const plugin = await box.plugin().connect();
    const normal = await box.arrives();
    const urgent = await box.arrives({ priority: "priority" });
    await plugin.says({ ready: false });
    await box.clock.pass(10_000);
    expect(await box.state(first)).toBe("returned");
    await plugin.says({ ready: true });
    expect(plugin.last).toMatchObject({ eventId: first, delivery: 2, band: "resumed" });
    await plugin.acks();
    expect(plugin.last.eventId).toBe(urgent);
    await plugin.acks();
    expect(plugin.last.eventId).toBe(normal);
  });

  test("hands over an event in the commit that stores it, where a session waits for one", async () => {
    let commits = 0;
    const box = await Box.start({
      wrap: (store) => ({
        ...store,
        commit: (writes) => {
          commits += 1;
          return store.commit(writes);
        },
      }),
    });
    const plugin = await box.plugin().connect();
    const before = commits;
    const id = await box.arrives();
    expect([plugin.last.eventId, commits - before]).toEqual([id, 1]);
    expect(await box.state(id)).toBe("dispatching");
  });

  test("keeps its order for what comes in the moment when a session gets free", async () => {
    const box = await Box.start();
    const plugin = await box.plugin().connect({ ready: false });
    const first = await box.arrives();
    const said = plugin.says({ ready: true });
    const second = box.arrives();
    await said;
    expect(plugin.last.eventId).toBe(first);
    await plugin.acks();
    expect(plugin.last.eventId).toBe(await second);
  });

  test("answers a known delivery with its event, also where a session waits for one", async () => {
    const box = await Box.start();
    const plugin = await box.plugin().connect();
    const [first, again] = await Promise.all([
      box.arrives({ deliveryId: "delivery-1" }),
      box.arrives({ deliveryId: "delivery-1" }),
    ]);
    expect(again).toBe(first);
    expect(plugin.shown.map(({ eventId }) => eventId)).toEqual([first]);
    await plugin.acks();
    expect(await box.arrives({ deliveryId: "delivery-1" })).toBe(first);
    expect(plugin.shown).toHaveLength(1);
  });

  test("is served by two sessions with one event each, and each event by one session", async () => {
    const box = await Box.start();
    const one = await box.plugin({ session: "s1", instance: "instance-1" }).connect();
    const two = await box.plugin({ session: "s2", instance: "instance-2" }).connect();
    const ids = [await box.arrives(), await box.arrives(), await box.arrives()];
    expect(one.shown).toHaveLength(1);
    expect(two.shown).toHaveLength(1);
    expect(new Set([one.last.eventId, two.last.eventId])).toEqual(new Set(ids.slice(0, 2)));
    await two.acks();
    expect(two.last.eventId).toBe(ids[2]);
    expect(one.shown).toHaveLength(1);
  });

  test("keeps to its own tag", async () => {
    const box = await Box.start();
    const untagged = await box.plugin({ session: "s1", instance: "instance-1" }).connect();
    const deploys = await box
      .plugin({ session: "s2", instance: "instance-2", lane: "tag:deploys" })
      .connect();
    const oncall = await box.arrives({ lane: "tag:oncall" });
    const deploy = await box.arrives({ lane: "tag:deploys" });
    expect(untagged.shown).toEqual([]);
    expect(deploys.shown.map(({ eventId }) => eventId)).toEqual([deploy]);
    expect(await box.state(oncall)).toBe("queued");
  });

  test("answers a known delivery with the first event", async () => {
    const box = await Box.start();
    const id = await box.arrives({ deliveryId: "d-1" });
    const again = await box.arrives({ deliveryId: "d-1" });
    expect(again).toBe(id);
    const plugin = await box.plugin().connect();
    await plugin.acks();
    expect(plugin.shown).toHaveLength(1);
  });
});

describe("an ack", () => {
  test("counts once: a copy of it is repeated, another is late, and neither changes anything", async () => {
    const box = await Box.start();
    const plugin = await box.plugin().connect();
    const id = await box.arrives();
    expect(await plugin.acks()).toMatchObject({ status: "settled" });
    expect(await plugin.acks({ eventId: id, delivery: 1 })).toMatchObject({
      status: "repeated",
      state: "acked",
    });
    expect(await plugin.acks({ eventId: id, delivery: 2 })).toMatchObject({ status: "late", state: "acked" });
    expect((await box.record(id)).actor.context).toMatchObject({ outcome: "done", summary: "did it" });
  });

  test("of an event that nobody knows says so", async () => {
    const box = await Box.start();
    const plugin = await box.plugin().connect();
    const unknown = "evt_01jzzzzzzzzzzzzzzzzzzzzzzz";
    expect(await plugin.acks({ eventId: unknown, delivery: 1 })).toMatchObject({ status: "unknown" });
  });

  test("still counts after the grace, as long as nobody else has claimed the event", async () => {
    const box = await Box.start();
    const plugin = await box.plugin().connect();
    const id = await box.arrives();
    await plugin.surfaced();
    const of = plugin.last;
    await plugin.loses();
    await box.clock.pass(60_000);
    expect(await box.state(id)).toBe("returned");
    await plugin.connect({ ready: false });
    expect(await plugin.acks(of)).toMatchObject({ status: "settled" });
    expect(await box.state(id)).toBe("acked");
  });

  test("is late once another session has claimed the event", async () => {
    const box = await Box.start();
    const plugin = await box.plugin().connect();
    const id = await box.arrives();
    await plugin.surfaced();
    const of = plugin.last;
    await plugin.loses();
    await box.clock.pass(60_000);
    const other = await box.plugin({ session: "s2", instance: "instance-2" }).connect();
    expect(other.last).toMatchObject({ eventId: id, delivery: 2, again: true });
    await plugin.connect({ ready: false });
    expect(await plugin.acks(of)).toMatchObject({ status: "late", state: "dispatching" });
    expect(await box.state(id)).toBe("dispatching");
  });

  test("with the outcome failed ends in the dead letters", async () => {
    const box = await Box.start();
    const plugin = await box.plugin().connect();
    const id = await box.arrives();
    expect(await plugin.acks(plugin.last, { outcome: "failed" })).toMatchObject({
      status: "settled",
      state: "dead",
    });
    expect((await box.record(id)).actor.context).toMatchObject({ attempts: 1, outcome: "failed" });
  });

  test("and the claim of the next event share a commit", async () => {
    const commits: number[] = [];
    const box = await Box.start({
      wrap: (store) => ({
        ...store,
        commit: (writes) => {
          commits.push(writes.length);
          return store.commit(writes);
        },
      }),
    });
    const plugin = await box.plugin().connect();
    await box.arrives();
    await box.arrives();
    await plugin.surfaced();
    commits.length = 0;
    const answer = await plugin.acks();
    expect(commits).toEqual([2]);
    expect(answer.next).toBe(true);
  });
});

describe("a store that fails", () => {
  test("answers nobody, changes nothing, and all goes on when it works again", async () => {
    let failing = false;
    const box = await Box.start({
      wrap: (store) => ({
        ...store,
        commit: (writes) => (failing ? Promise.reject(new Error("disk full")) : store.commit(writes)),
      }),
    });
    const plugin = await box.plugin().connect();
    const id = await box.arrives();
    const next = await box.arrives();
    await plugin.surfaced();
    failing = true;
    await expect(plugin.acks()).rejects.toThrow();
    await expect(box.arrives()).rejects.toThrow();
    expect(await box.state(id)).toBe("delivered");
    expect(plugin.shown).toHaveLength(1);
    failing = false;
    await box.clock.pass(1_000);
    expect(await plugin.acks({ eventId: id, delivery: 1 })).toMatchObject({ status: "settled" });
    expect(plugin.last.eventId).toBe(next);
  });

  test("does not lose a deadline", async () => {
    let failing = false;
    const box = await Box.start({
      wrap: (store) => ({
        ...store,
        commit: (writes) => (failing ? Promise.reject(new Error("disk full")) : store.commit(writes)),
      }),
    });
    const plugin = await box.plugin().connect();
    const id = await box.arrives();
    await plugin.surfaced();
    await plugin.says({ ready: false });
    failing = true;
    await box.clock.pass(6 * 60_000);
    expect(await box.state(id)).toBe("delivered");
    failing = false;
    await box.clock.pass(6 * 60_000);
    expect(await box.state(id)).toBe("returned");
  });
});

/** The disk fails in the middle of a step, and is well again: nothing that was said then may be forgotten. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { SignalboxError } from "../../src/domain/errors.ts";
import { eventState } from "../../src/domain/event.ts";
import type { Store, Write } from "../../src/domain/ports/store.ts";
import { Box, MINUTE, SECOND } from "../world/box.ts";
import { settle } from "../world/simulated-clock.ts";
import { onceFor, Trouble } from "../world/troubled-store.ts";

const outage = () => new SignalboxError("unavailable", "store_io", "the disk fails", "Check the disk");

async function boxInTrouble(): Promise<{ box: Box; trouble: Trouble }> {
  const trouble = new Trouble();
  return { box: await Box.start({ wrap: (store) => trouble.wrap(store) }), trouble };
}

describe("while the disk fails", () => {
  test("a link that breaks is not forgotten: its session goes away and its event comes back", async () => {
    const { box, trouble } = await boxInTrouble();
    const plugin = await box.plugin().connect();
    const id = await box.arrives();
    await plugin.surfaced();
    trouble.failing = "commits";
    await plugin.loses();
    await box.clock.pass(10 * SECOND);
    trouble.failing = "nothing";
    await box.clock.pass(SECOND);
    expect(await box.sessionState("s1")).toBe("away");
    await box.clock.pass(MINUTE);
    expect(await box.sessionState("s1")).toBe("gone");
    expect((await box.record(id)).actor.context).toMatchObject({ reason: "away", attempts: 0 });
  });

  test("a damaged page stops whoever meets it, and not for ever everybody else", async () => {
    const { box, trouble } = await boxInTrouble();
    const broken = await box.plugin().connect();
    const whole = await box.plugin({ session: "s2", instance: "instance-2", lane: "tag:other" }).connect();
    trouble.meetsDamage = (writes) =>
      writes.some(({ kind, record }) => kind === "session" && record.id === "s1");
    await broken.loses();
    await box.clock.pass(10 * SECOND);
    const id = await box.arrives({ lane: "tag:other" });
    expect(whole.last.eventId).toBe(id);
    expect(await whole.acks()).toMatchObject({ status: "settled" });
  });

  test("a receipt is kept: who has shown the event is not called deaf", async () => {
    const { box, trouble } = await boxInTrouble();
    const plugin = await box.plugin().connect();
    const id = await box.arrives();
    const failures = [true];
    trouble.failsNext = () => failures.pop() === true;
    await plugin.surfaced("channel");
    await box.clock.pass(11 * SECOND);
    expect(await box.state(id)).toBe("delivered");
    expect(await box.sessionState("s1")).toBe("online");
  });

  test("a session whose stream was taken over, and whose new one was not let in, is waited for", async () => {
    const { box, trouble } = await boxInTrouble();
    const first = await box.plugin({ answers: false }).connect();
    const id = await box.arrives();
    await first.surfaced();
    trouble.failing = "commits";
    await expect(box.plugin({ instance: "instance-2" }).connect()).rejects.toThrow("the disk fails");
    expect(first.gone).toBe(true);
    trouble.failing = "nothing";
    await box.clock.pass(SECOND);
    expect(await box.sessionState("s1")).toBe("away");
    await box.clock.pass(MINUTE);
    expect(await box.state(id)).toBe("returned");
  });

  test("an event that cannot be read for its delivery is delivered when the plugin comes back", async () => {
    const { box, trouble } = await boxInTrouble();
    const plugin = await box.plugin().connect();
    trouble.failing = "contents";
    const id = await box.arrives();
    expect(plugin.shown).toEqual([]);
    trouble.failing = "nothing";
    await plugin.connect();
    await box.clock.pass(SECOND);
    expect(plugin.shown).toMatchObject([{ eventId: id, delivery: 1 }]);
    expect(await box.sessionState("s1")).toBe("online");
  });

  test("timers that ring in vain ring again, now and then", async () => {
    const trouble = new Trouble();
    let looks = 0;
    const counted = (store: Store): Store => ({
      ...trouble.wrap(store),
      due: (...asked) => {
        looks += 1;
        return store.due(...asked);
      },
    });
    const box = await Box.start({ wrap: counted });
    const plugin = await box.plugin().connect();
    const id = await box.arrives();
    await plugin.surfaced();
    await plugin.says({ ready: false });
    await box.clock.pass(2 * MINUTE - SECOND);
    trouble.failing = "commits";
    looks = 0;
    await box.clock.pass(MINUTE);
    // Each look at a timer that is due puts a letter into the mailbox: faster than they fail, they would pile up.
    expect(looks).toBeLessThan(130);
    trouble.failing = "nothing";
    await box.clock.pass(6 * SECOND);
    expect(plugin.reminded).toHaveLength(1);
    expect(await box.state(id)).toBe("delivered");
  });

  test.each([
    ["together with its claim", "commits"],
    ["alone, while the host waits for its store", "waits"],
  ] as const)("an event that it has kept all the same is delivered (%s)", async (_, how) => {
    let keeps = false;
    let fails = false;
    const box = await Box.start({
      wrap: (store) => ({
        ...store,
        async commit(writes) {
          if (fails) throw outage();
          const results = await store.commit(writes);
          if (!keeps || !writes.some(({ kind }) => kind === "append")) return results;
          keeps = false;
          throw outage();
        },
      }),
    });
    const plugin = await box.plugin().connect();
    if (how === "waits") {
      fails = true;
      // Whatever is said of nobody has a tick fail.
      await box
        .plugin({ session: "s2", instance: "instance-2", lane: "tag:other" })
        .connect()
        .catch(() => {});
      fails = false;
    }
    keeps = true;
    await expect(box.arrives()).rejects.toThrow();
    await box.clock.pass(11 * SECOND);
    // It was claimed, and never sent: its link looks half-open, is ended, and made anew by a plugin.
    if (how === "commits") {
      expect(await box.sessionState("s1")).toBe("away");
      await plugin.connect();
    }
    expect(plugin.shown).toHaveLength(1);
  });

  test.each([
    ["with the claim of the next event", () => true],
    ["alone", ({ record }: Write) => record.kind === "event" && eventState(record) === "acked"],
  ] as const)("an ack that it has kept all the same serves the next event (%s)", async (_, isKept) => {
    let keeps = false;
    const box = await Box.start({
      wrap: (store) => ({
        ...store,
        async commit(writes) {
          if (!keeps) return store.commit(writes);
          keeps = false;
          await store.commit(writes.filter(isKept));
          throw outage();
        },
      }),
    });
    const plugin = await box.plugin().connect();
    const first = await box.arrives();
    const next = await box.arrives();
    await plugin.taken();
    keeps = true;
    await expect(plugin.acks()).rejects.toThrow("the disk fails");
    expect(await box.state(first)).toBe("acked");
    await box.clock.pass(11 * SECOND);
    // Claimed, and never sent: its link looks half-open, is ended, and made anew by a plugin.
    if ((await box.sessionState("s1")) === "away") await plugin.connect();
    expect(plugin.last.eventId).toBe(next);
  });

  test("a server that stops leaves nobody waiting", async () => {
    const { box, trouble } = await boxInTrouble();
    const plugin = await box.plugin().connect();
    await box.arrives();
    trouble.failing = "commits";
    await expect(plugin.acks()).rejects.toThrow("the disk fails");
    const late = plugin.acks();
    const rejected = expect(late).rejects.toMatchObject({ kind: "unavailable" });
    await box.kill();
    await rejected;
    await expect(box.box.host.ask()).resolves.toEqual([]);
    await expect(plugin.acks()).rejects.toMatchObject({ kind: "unavailable" });
  });
});

describe("a write that loses", () => {
  test("keeps its place: a break that is stored late does not undo the next link", async () => {
    const { box, trouble } = await boxInTrouble();
    const plugin = await box.plugin().connect();
    const reached = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    const isAway = onceFor("away");
    trouble.before = async (writes) => {
      if (!isAway(writes)) return;
      reached.resolve();
      await held.promise;
    };
    trouble.losesNext = onceFor("away");
    await plugin.loses();
    await reached.promise;
    const back = plugin.connect();
    await settle();
    held.resolve();
    await back;
    expect(await box.sessionState("s1")).toBe("online");
  });
});

test("a claim that loses is chosen anew: nothing is handed to who has gone meanwhile", async () => {
  const { box, trouble } = await boxInTrouble();
  const plugin = await box.plugin().connect();
  let claims = 0;
  trouble.losesNext = (writes) => {
    const isClaim = writes.some(
      ({ record }) => record.kind === "event" && eventState(record) === "dispatching",
    );
    if (!isClaim) return false;
    claims += 1;
    // The stream ends while its claim is on its way.
    if (claims === 1) box.box.sessions.disconnect(plugin.live);
    return claims === 1;
  };
  const id = await box.arrives();
  await box.clock.pass(0);
  expect([claims, await box.state(id)]).toEqual([1, "queued"]);
  await plugin.connect();
  expect(plugin.last).toMatchObject({ eventId: id, delivery: 1 });
});

test("an ack that gets no next event leaves the session as it said that it was", async () => {
  const box = await Box.start();
  const plugin = await box.plugin().connect();
  await box.arrives();
  await plugin.taken();
  await plugin.says({ busy: true, ready: false });
  expect(await plugin.acks(plugin.last, { ready: true })).toMatchObject({ next: false });
  // The turn goes on with something else: nothing may enter it.
  const next = await box.arrives();
  expect(await box.state(next)).toBe("queued");
  await plugin.says({ busy: false, ready: true });
  expect(plugin.last.eventId).toBe(next);
});

test("a listener that fails costs nobody his answer", async () => {
  const box = await Box.start();
  const plugin = await box.plugin().connect();
  const id = await box.arrives();
  box.box.inspection.listen(() => {
    throw new Error("the watcher is gone");
  });
  expect(await plugin.acks()).toMatchObject({ status: "settled" });
  expect(await box.state(id)).toBe("acked");
  expect((await box.arrives()).startsWith("evt_")).toBe(true);
});

test("a start that can't store what it has found says so, instead of serving what it can't keep", async () => {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-"));
  const path = join(folder, "signalbox.db");
  const before = await Box.start({ path });
  await before.plugin().connect();
  await before.kill();
  const trouble = new Trouble();
  trouble.failsNext = onceFor("away");
  const box = await Box.start({ path, clock: before.clock, wrap: (store) => trouble.wrap(store) });
  await expect(box.box.awake).rejects.toThrow("the disk fails");
  await box.kill();
  rmSync(folder, { recursive: true });
});

/** What a client's silence means: of its plugin's timer, of a process that is gone, of a connection. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { soundsLikeTimer } from "../../src/clawback/silence.ts";
import { temporaryFolder } from "../config/temporary-folder.ts";
import { Box, LIMITS, MINUTE, SECOND } from "../world/box.ts";
import { settle } from "../world/simulated-clock.ts";
import { TIMER_WORDS } from "./client.ts";
import { type FakeWire, opened } from "./rig.ts";

const contextOf = async (rig: Awaited<ReturnType<typeof opened>>, id: string) =>
  (await rig.box.record(id)).actor.context;

describe("the ack that its plugin's own timer sends", () => {
  test("is a silence, not a success: the event comes back, and this costs it an attempt (promise 14)", async () => {
    const rig = await opened();
    const wire = await rig.client();
    const id = await rig.box.arrives();
    await rig.box.clock.pass(5 * MINUTE);
    await wire.acks(`${id}.1`, TIMER_WORDS);
    expect(wire.events).toEqual([`${id}.1`, `${id}.2`]);
    expect(await contextOf(rig, id)).toMatchObject({ attempts: 1, timeouts: 1, settledDelivery: null });
    await wire.acks(`${id}.2`, "merged");
    expect(await rig.box.state(id)).toBe("acked");
  });

  test("is late once its delivery is over, and an ack of the session's own with such words counts", async () => {
    const rig = await opened();
    const wire = await rig.client();
    const id = await rig.box.arrives();
    await wire.acks(`${id}.1`, TIMER_WORDS);
    expect(await rig.box.state(id)).toBe("acked");
    const second = await rig.box.arrives();
    await rig.box.clock.pass(5 * MINUTE);
    await wire.acks(`${second}.1`, TIMER_WORDS);
    await wire.acks(`${second}.1`, TIMER_WORDS);
    expect(wire.events.slice(1)).toEqual([`${second}.1`, `${second}.2`]);
    expect(await contextOf(rig, second)).toMatchObject({ attempts: 1, delivery: 2 });
  });

  test("that was kept offline is one, too", async () => {
    const rig = await opened();
    const wire = await rig.client();
    const id = await rig.box.arrives();
    await rig.box.clock.pass(4 * MINUTE + 30 * SECOND);
    wire.ends(false);
    await rig.box.clock.pass(45 * SECOND);
    const again = await rig.client();
    await again.acks(`${id}.1`, TIMER_WORDS);
    expect(again.events).toEqual([`${id}.2`]);
  });

  test("is one also where the server was down for a part of the time", async () => {
    const path = join(await temporaryFolder(), "box.db");
    const before = await opened(await Box.start({ path }));
    await before.client();
    const id = await before.box.arrives();
    const { clock } = before.box;
    await clock.pass(MINUTE);
    await before.box.kill();
    await clock.pass(2 * MINUTE);
    const after = await opened(await Box.start({ path, clock }));
    const wire = after.wire();
    wire.says({ type: "auth", token: before.token });
    await settle();
    await clock.pass(2 * MINUTE);
    await wire.acks(`${id}.1`, TIMER_WORDS);
    expect(wire.events).toEqual([`${id}.2`]);
    expect(await contextOf(after, id)).toMatchObject({ attempts: 1, settledDelivery: null });
  });

  test("is one also where it was for an earlier showing of the same delivery", async () => {
    const rig = await opened();
    const before = await rig.client();
    const id = await rig.box.arrives();
    await rig.box.clock.pass(SECOND);
    before.ends(false);
    const wire = await rig.client();
    await rig.box.clock.pass(6 * MINUTE);
    expect(wire.events).toEqual([`${id}.1`]);
    await wire.acks(`${id}.1`, TIMER_WORDS);
    expect(wire.events).toEqual([`${id}.1`, `${id}.2`]);
  });

  test("is one also where the event has gone back meanwhile, and nobody else has it", async () => {
    const rig = await opened();
    const wire = await rig.client();
    const id = await rig.box.arrives();
    await rig.box.clock.pass(MINUTE);
    wire.ends(false);
    await rig.box.clock.pass(4 * MINUTE);
    expect(await rig.box.state(id)).toBe("returned");
    await rig.box.box.lanes.change(rig.box.box.account.id, "tag:", { paused: true }, "test");
    const again = await rig.client();
    await again.acks(`${id}.1`, TIMER_WORDS);
    expect(await rig.box.state(id)).toBe("returned");
  });

  test("three times in a row, from a session that never answered, makes it deaf: the event waits for another (promise 13)", async () => {
    const rig = await opened();
    const wire = await rig.client();
    const [first, second, third] = [
      await rig.box.arrives(),
      await rig.box.arrives(),
      await rig.box.arrives(),
    ];
    for (let n = 1; n <= 2; n++) {
      await rig.box.clock.pass(5 * MINUTE);
      await wire.acks(`${first}.${n}`, TIMER_WORDS);
    }
    await rig.box.clock.pass(5 * MINUTE);
    await wire.acks(`${first}.${LIMITS.maxAttempts}`, TIMER_WORDS);
    expect(await rig.box.state(first)).toBe("dead");
    const shown = wire.events.length;
    await rig.box.clock.pass(MINUTE);
    expect(wire.events).toHaveLength(shown);
    expect([await rig.box.state(second), await rig.box.state(third)]).toEqual(["queued", "queued"]);
    // A tool call of its session is life.
    wire.says({ type: "cron_list", requestId: "request-1" });
    await settle();
    expect(wire.events.at(-1)).toBe(`${second}.1`);
  });

  test("is known by its words", () => {
    for (const words of [
      TIMER_WORDS,
      "timeout",
      "(timed out)",
      "[timeout] no ack within 5 minutes",
      "No ack received",
      "Ack timeout",
    ])
      expect(soundsLikeTimer(words), words).toBe(true);
    for (const words of [
      "",
      "did it",
      "Fixed the timeout of the deploy job",
      "Reviewed PR 4: timed out in CI, restarted",
    ])
      expect(soundsLikeTimer(words), words).toBe(false);
  });
});

describe("a process that went without a word", () => {
  /** Broken off, and back with nothing in its memory: on the wire like a process that has it still. */
  async function restarted(): Promise<{
    rig: Awaited<ReturnType<typeof opened>>;
    id: string;
    wire: FakeWire;
  }> {
    const rig = await opened();
    const before = await rig.client();
    const id = await rig.box.arrives();
    await rig.box.clock.pass(SECOND);
    before.ends(false);
    return { rig, id, wire: await rig.client() };
  }

  test("is shown its event again as soon as its plugin would have let go of it, at no cost (promise 5)", async () => {
    const { rig, id, wire } = await restarted();
    await rig.box.clock.pass(5 * MINUTE);
    expect(wire.events).toEqual([]);
    await rig.box.clock.pass(MINUTE);
    expect(wire.events).toEqual([`${id}.1`]);
    expect(await contextOf(rig, id)).toMatchObject({ attempts: 0, again: "restarted" });
    await wire.acks(`${id}.1`);
    expect(await rig.box.state(id)).toBe("acked");
  });

  test("in the very moment of a delivery is not called deaf: it is shown that event again, and goes on being served", async () => {
    const rig = await opened();
    const before = await rig.client();
    // What proves that the event came through does not come back.
    before.lives = false;
    const id = await rig.box.arrives();
    before.ends(false);
    const wire = await rig.client();
    await rig.box.clock.pass(LIMITS.takeMs + MINUTE);
    expect(await rig.box.state(id)).toBe("delivered");
    await rig.box.clock.pass(4 * MINUTE);
    expect(wire.events).toEqual([`${id}.1`]);
    await wire.acks(`${id}.1`);
    const next = await rig.box.arrives();
    expect(wire.events.at(-1)).toBe(`${next}.1`);
  });

  test("a plugin that says nothing at all is silent a minute after its timer should have spoken", async () => {
    const rig = await opened();
    const wire = await rig.client();
    const id = await rig.box.arrives();
    await rig.box.clock.pass(5 * MINUTE + 59 * SECOND);
    expect(wire.events).toEqual([`${id}.1`]);
    await rig.box.clock.pass(2 * SECOND);
    expect(wire.events).toEqual([`${id}.1`, `${id}.2`]);
    expect(await contextOf(rig, id)).toMatchObject({ attempts: 1 });
  });
});

describe("a connection", () => {
  test("is pinged at least every 30 s, and one that answers stays", async () => {
    const rig = await opened();
    const wire = await rig.client();
    const pings = () => wire.heard.filter(({ type }) => type === "ping").length;
    for (let n = 1; n <= 20; n++) {
      await rig.box.clock.pass(30 * SECOND);
      expect(pings()).toBeGreaterThanOrEqual(n);
    }
    expect(wire.closed).toBeNull();
  });

  test("of one who comes in the very moment of another is another's: both stay, and each has its own event", async () => {
    const rig = await opened();
    const wires = [rig.wire(), rig.wire(), rig.wire()];
    for (const wire of wires) wire.says({ type: "auth", token: rig.token });
    await settle();
    await rig.box.clock.pass(5 * SECOND);
    for (let n = 0; n < 3; n++) await rig.box.arrives();
    expect(wires.map(({ closed }) => closed)).toEqual([null, null, null]);
    expect(wires.map(({ events }) => events.length)).toEqual([1, 1, 1]);
  });

  test("that is silent is closed, its event kept for its grace and then given to another", async () => {
    const rig = await opened();
    const wire = await rig.client();
    const id = await rig.box.arrives();
    await settle();
    wire.lives = false;
    await rig.box.clock.pass(2 * MINUTE);
    expect(wire.closed?.reason).toMatch(/^link_silent/);
    await rig.box.clock.pass(2 * MINUTE);
    expect(await rig.box.state(id)).toBe("returned");
    expect((await rig.client()).events).toEqual([`${id}.2`]);
  });

  test("that takes frames and answers none is not called deaf: its link is ended, and the event comes back at no cost", async () => {
    const rig = await opened();
    const wire = await rig.client();
    wire.lives = false;
    const id = await rig.box.arrives();
    await rig.box.clock.pass(4 * MINUTE);
    expect(wire.closed?.reason).toMatch(/^link_silent/);
    expect(await contextOf(rig, id)).toMatchObject({ attempts: 0 });
    expect((await rig.client()).events).toEqual([`${id}.2`]);
  });

  test("leaves no timer behind when it ends", async () => {
    const rig = await opened();
    const before = rig.box.clock.timers;
    const wire = await rig.client();
    wire.ends(true);
    await rig.box.clock.pass(3 * MINUTE);
    expect(rig.box.clock.timers).toBe(before);
  });
});

describe("interrupts", () => {
  test("come next: they can't stop what its session works on, and nothing is lost by it", async () => {
    const rig = await opened();
    const wire = await rig.client();
    const [first, second] = [await rig.box.arrives(), await rig.box.arrives()];
    const urgent = await rig.box.arrives({ priority: "interrupt" });
    expect(wire.events).toEqual([`${first}.1`]);
    await wire.acks(`${first}.1`);
    await wire.acks(`${urgent}.1`);
    await wire.acks(`${second}.1`);
    expect(wire.events).toEqual([`${first}.1`, `${urgent}.1`, `${second}.1`]);
  });
});

test("of a payload that is long it is shown more than others, because it has no tool for the rest, and is told so", async () => {
  const rig = await opened();
  const wire = await rig.client();
  await rig.box.arrives({ payload: JSON.stringify({ text: "a ".repeat(20_000) }) });
  await rig.box.arrives({ payload: JSON.stringify({ text: "a ".repeat(60_000) }) });
  const contentOf = (n: number) => String(wire.heard.filter(({ type }) => type === "event")[n]?.content);
  expect(contentOf(0)).not.toContain("These are the first");
  await wire.acks(wire.events[0] ?? "");
  expect(contentOf(1)).toContain("This plugin has no tool for the rest");
  expect(contentOf(1)).not.toContain("event_payload");
});

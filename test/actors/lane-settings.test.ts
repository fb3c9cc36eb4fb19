import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { SignalboxError } from "../../src/domain/errors.ts";
import { Box, MINUTE } from "../world/box.ts";

const folder = mkdtempSync(join(tmpdir(), "signalbox-lanes-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LANE = "tag:";
const change = (box: Box, asked: object, lane = LANE) =>
  box.box.lanes.change(box.box.account.id, lane, asked, "laptop");

describe("a paused lane", () => {
  test("hands nothing over, interrupts neither, and goes on when it is resumed", async () => {
    const box = await Box.start();
    await change(box, { paused: true, reason: "release" });
    const plugin = await box.plugin().connect();
    const normal = await box.arrives();
    const urgent = await box.arrives({ priority: "interrupt" });
    await box.clock.pass(10 * MINUTE);
    expect(plugin.shown).toEqual([]);
    expect([await box.state(normal), await box.state(urgent)]).toEqual(["queued", "queued"]);
    await change(box, { paused: false });
    await box.clock.pass(0);
    expect(plugin.last.eventId).toBe(urgent);
  });

  test("leaves what is in hand where it is, and gives nothing after its ack", async () => {
    const box = await Box.start();
    const first = await box.arrives();
    await box.arrives();
    const plugin = await box.plugin().connect();
    await change(box, { paused: true });
    expect(plugin.last.eventId).toBe(first);
    expect(await plugin.acks()).toMatchObject({ status: "settled", next: false });
    expect(plugin.shown).toHaveLength(1);
  });

  test("is one lane: others go on", async () => {
    const box = await Box.start();
    await change(box, { paused: true }, "tag:other");
    const id = await box.arrives();
    expect((await box.plugin().connect()).last.eventId).toBe(id);
  });

  test("is paused after a restart as well, since the same moment and by the same one", async () => {
    const path = join(folder, "restart.db");
    const first = await Box.start({ path });
    const { paused } = await change(first, { paused: true, reason: "release" });
    await first.clock.pass(MINUTE);
    expect((await change(first, { paused: true })).paused).toEqual(paused);
    await first.kill();
    const box = await Box.start({ path, clock: first.clock });
    await box.arrives();
    expect((await box.plugin().connect()).shown).toEqual([]);
    expect(await box.box.lanes.list(box.box.account.id)).toMatchObject([
      { lane: LANE, paused: { by: "laptop", reason: "release", since: paused?.since } },
    ]);
    await box.kill();
  });

  test("costs a lane of which nothing is said no read for each event", async () => {
    let reads = 0;
    const box = await Box.start({
      wrap: (store) => ({
        ...store,
        lane: (...asked) => {
          reads += 1;
          return store.lane(...asked);
        },
      }),
    });
    const plugin = await box.plugin().connect();
    for (let i = 0; i < 20; i++) {
      await box.arrives();
      await plugin.acks();
    }
    expect(reads).toBe(1);
  });
});

describe("a lane with a greatest depth", () => {
  const refusal = expect.objectContaining({ kind: "full", code: "lane_full" });

  test("refuses what is too much, stores nothing of it, and takes more once there is room", async () => {
    const box = await Box.start();
    await change(box, { maxDepth: 2 });
    await box.arrives();
    await box.arrives({ timing: { deliverAfter: 60 } });
    await expect(box.arrives()).rejects.toEqual(refusal);
    expect(await box.box.lanes.hasRoom(box.box.account.id, LANE)).toBe(false);
    expect(await box.box.events.counts(box.box.account.id)).toEqual({ queued: 1, scheduled: 1 });
    const [settings] = await box.box.lanes.list(box.box.account.id);
    expect(settings && box.box.lanes.refused(settings)).toBe(1);
    await box.plugin().connect();
    await box.arrives();
  });

  test("takes what takes another's place, though it is full", async () => {
    const box = await Box.start();
    const coalesce = { key: "k", windowMs: MINUTE };
    await change(box, { maxDepth: 1 });
    await box.arrives({ coalesce });
    const newer = await box.arrives({ coalesce });
    expect(await box.state(newer)).toBe("queued");
    await expect(box.arrives({ coalesce: { ...coalesce, key: "other" } })).rejects.toEqual(refusal);
  });

  test("tells a known delivery the first event's id, though it is full", async () => {
    const box = await Box.start();
    const coalesce = { key: "k", windowMs: MINUTE };
    await change(box, { maxDepth: 2 });
    const first = await box.arrives({ deliveryId: "d1" });
    const second = await box.arrives({ deliveryId: "d2", coalesce });
    expect(await box.arrives({ deliveryId: "d1" })).toBe(first);
    expect(await box.arrives({ deliveryId: "d1", coalesce: { ...coalesce, key: "other" } })).toBe(first);
    expect(await box.arrives({ deliveryId: "d2", coalesce })).toBe(second);
    const [settings] = await box.box.lanes.list(box.box.account.id);
    expect(settings && box.box.lanes.refused(settings)).toBe(0);
  });

  test("tells a known delivery the first event's id also where that went to another lane", async () => {
    const box = await Box.start();
    await change(box, { maxDepth: 1 });
    const first = await box.arrives({ deliveryId: "d1", lane: "tag:before" });
    await box.arrives();
    expect(await box.arrives({ deliveryId: "d1" })).toBe(first);
    await expect(box.arrives({ deliveryId: "d2" })).rejects.toEqual(refusal);
  });

  test("takes all copies of what it takes, or none", async () => {
    const box = await Box.start();
    await change(box, { maxDepth: 2 });
    for (const session of ["s1", "s2", "s3"]) await box.plugin({ session }).connect({ ready: false });
    await box.arrives();
    const first = await box.arrives({ fanout: "all" });
    expect(await box.box.events.counts(box.box.account.id)).toEqual({ queued: 4 });
    expect((await box.record(first)).facts.details?.copies).toHaveLength(2);
    await expect(box.arrives({ fanout: "all" })).rejects.toEqual(refusal);
    expect(await box.box.events.counts(box.box.account.id)).toEqual({ queued: 4 });
  });

  test("has none any more when it is set to 0", async () => {
    const box = await Box.start();
    await change(box, { maxDepth: 1 });
    await change(box, { maxDepth: 0 });
    await box.arrives();
    await box.arrives();
    expect(await box.box.lanes.list(box.box.account.id)).toEqual([]);
  });
});

test("something is said of a bounded number of lanes", async () => {
  const box = await Box.start();
  for (let i = 0; i < 1_000; i++) await change(box, { maxDepth: 5 }, `tag:l${i}`);
  const one = change(box, { paused: true }, "tag:more");
  await expect(one).rejects.toBeInstanceOf(SignalboxError);
  await change(box, { paused: true }, "tag:l1");
});

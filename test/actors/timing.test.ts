import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { requireTiming, timingFrom } from "../../src/domain/timing.ts";
import { Box, MINUTE, SECOND } from "../world/box.ts";

const folder = mkdtempSync(join(tmpdir(), "signalbox-timing-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const newPath = () => join(folder, `${++files}.db`);

describe("an event that is delivered after a time", () => {
  test("waits for it, and then has the place that it had from the beginning", async () => {
    const box = await Box.start();
    const late = await box.arrives({ timing: { deliverAfter: 60 } });
    const [second, third] = [await box.arrives(), await box.arrives()];
    expect(await box.state(late)).toBe("scheduled");
    const plugin = await box.plugin().connect();
    expect(plugin.last.eventId).toBe(second);
    await plugin.surfaced();
    await box.clock.pass(MINUTE - 1);
    expect(await box.state(late)).toBe("scheduled");
    await box.clock.pass(1);
    expect(await box.state(late)).toBe("queued");
    await plugin.acks();
    expect(plugin.last.eventId).toBe(late);
    await plugin.acks();
    expect(plugin.last.eventId).toBe(third);
  });

  test("comes in time where the server was down meanwhile: it waits by the wall clock", async () => {
    const path = newPath();
    const first = await Box.start({ path });
    const late = await first.arrives({ timing: { deliverAfter: 60 } });
    await first.kill();
    await first.clock.pass(MINUTE);
    const box = await Box.start({ path, clock: first.clock });
    await box.clock.pass(0);
    expect(await box.state(late)).toBe("queued");
    await box.kill();
  });

  test("is replaced in its time as well as in its place", async () => {
    const box = await Box.start();
    const asked = { coalesce: { key: "k", windowMs: MINUTE }, timing: { deliverAfter: 30 } };
    await box.arrives(asked);
    await box.clock.pass(20 * SECOND);
    const newer = await box.arrives(asked);
    expect(await box.state(newer)).toBe("scheduled");
    await box.clock.pass(10 * SECOND);
    expect(await box.state(newer)).toBe("queued");
    const newest = await box.arrives(asked);
    expect(await box.state(newest)).toBe("queued");
  });
});

describe("an event that expires", () => {
  const timing = { expiresAfterSeconds: 60 };

  test("is let go while it waits, and says why", async () => {
    const box = await Box.start();
    const id = await box.arrives({ timing });
    await box.clock.pass(MINUTE);
    expect(await box.state(id)).toBe("lapsed");
    expect((await box.record(id)).actor.context).toMatchObject({ reason: "expired" });
    const plugin = await box.plugin().connect();
    expect(plugin.shown).toEqual([]);
    expect(await box.box.events.counts(box.box.account.id)).toEqual({ lapsed: 1 });
  });

  test("is let go while it waits for its time to be delivered, or for another try", async () => {
    const box = await Box.start();
    const early = await box.arrives({ timing: { ...timing, deliverAfter: "2100-01-01T00:00:00Z" } });
    const plugin = await box.plugin().connect();
    const again = await box.arrives({ timing });
    await plugin.acks(plugin.last, { outcome: "retry", retryAfterMs: 2 * MINUTE });
    await box.clock.pass(MINUTE);
    expect([await box.state(early), await box.state(again)]).toEqual(["lapsed", "lapsed"]);
  });

  test("is not taken out of anybody's hands, and is done when it is acked", async () => {
    const box = await Box.start();
    const plugin = await box.plugin().connect();
    const id = await box.arrives({ timing });
    await plugin.surfaced();
    await box.clock.pass(90 * SECOND);
    expect(await box.state(id)).toBe("delivered");
    expect(await plugin.acks()).toMatchObject({ status: "settled", state: "acked" });
  });

  test("that comes back too late is let go at once", async () => {
    const box = await Box.start();
    const plugin = await box.plugin().connect();
    const id = await box.arrives({ timing });
    await plugin.surfaced();
    await box.clock.pass(90 * SECOND);
    await plugin.loses();
    await box.clock.pass(MINUTE);
    expect(await box.state(id)).toBe("lapsed");
  });

  test("while the server was down is never shown, however many they are", async () => {
    const path = newPath();
    const first = await Box.start({ path });
    for (let i = 0; i < 250; i++) await first.arrives({ timing });
    const keeps = await first.arrives();
    await first.kill();
    await first.clock.pass(2 * MINUTE);
    const box = await Box.start({ path, clock: first.clock });
    const plugin = await box.plugin().connect();
    await box.clock.pass(SECOND);
    expect(plugin.shown.map(({ eventId }) => eventId)).toEqual([keeps]);
    expect((await box.box.events.counts(box.box.account.id)).lapsed).toBe(250);
    await box.kill();
  });
});

test("an event that keeps has no timer while it waits", async () => {
  const box = await Box.start();
  expect((await box.record(await box.arrives())).actor.timers).toEqual([]);
});

test("times are seconds or a moment, and what would expire before it is delivered is refused", () => {
  expect(timingFrom({}, 5)).toEqual({ delayMs: 0, expiresAt: null });
  expect(timingFrom({ deliverAfter: 2, expiresAfterSeconds: 3 }, 5)).toEqual({
    delayMs: 2_000,
    expiresAt: 3_005,
  });
  expect(timingFrom({ deliverAfter: "1970-01-01T00:00:10Z" }, 5)).toMatchObject({ delayMs: 9_995 });
  expect(timingFrom({ deliverAfter: "1970-01-01T00:00:10Z" }, 20_000)).toMatchObject({ delayMs: 0 });
  expect(() => requireTiming({ deliverAfter: 60, expiresAfterSeconds: 60 })).toThrow("is over before");
  requireTiming({ deliverAfter: 60, expiresAfterSeconds: 61 });
});

import { describe, expect, test } from "vitest";
import { ENDED } from "../../src/domain/event.ts";
import { Retention } from "../../src/services/retention.ts";
import { Box, KEEPING, MINUTE } from "../world/box.ts";
import { Trouble } from "../world/troubled-store.ts";

const DAY = 24 * 60 * MINUTE;
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

const retentionOf = ({ store, clock }: Box, keeping = KEEPING) =>
  new Retention({ store, clock, log: quiet, keeping });

/** All steps of one pass. */
async function pass(retention: Retention) {
  const sum = { removed: 0, emptied: 0, steps: 0 };
  for (let more = true; more; sum.steps += 1) {
    const swept = await retention.sweep();
    more = swept.more;
    sum.removed += swept.removed;
    sum.emptied += swept.emptied;
  }
  return sum;
}

/** Handled by a session that has left since. */
async function handled(
  box: Box,
  count: number,
  deliveryId: (n: number) => string | undefined = () => undefined,
) {
  const plugin = await box.plugin().connect();
  const ids: string[] = [];
  for (let n = 0; n < count; n++) {
    const id = deliveryId(n);
    ids.push(await box.arrives(id === undefined ? {} : { deliveryId: id }));
    await plugin.surfaced();
    await plugin.acks(undefined, { outcome: n % 3 === 0 ? "failed" : "done", ready: false });
    await plugin.says({ ready: true });
  }
  await plugin.loses();
  await box.clock.pass(2 * MINUTE);
  return ids;
}

const kept = async ({ store, box }: Box) =>
  (await store.ended(box.account.id, { states: ENDED, order: "newest", limit: 1_000 })).map(
    ({ facts }) => facts.id,
  );

describe("retention", () => {
  test("removes what ended longer ago than it is kept, dead letters and gone sessions too, and nothing else", async () => {
    const box = await Box.start();
    const old = await handled(box, 6);
    const waiting = await box.arrives();
    expect(await box.sessionState("s1")).toBe("gone");
    box.clock.jump(29 * DAY);
    expect(await pass(retentionOf(box))).toMatchObject({ removed: 0, emptied: 0 });
    expect(await kept(box)).toHaveLength(old.length);
    box.clock.jump(2 * DAY);
    expect(await pass(retentionOf(box))).toMatchObject({ removed: 7, emptied: 0 });
    expect(await kept(box)).toEqual([]);
    for (const id of old) expect(await box.store.content(id)).toBeNull();
    expect(await box.sessionState("s1")).toBe("none");
    // However long it waits.
    expect(await box.state(waiting)).toBe("queued");
    const plugin = await box.plugin().connect();
    expect(plugin.last.eventId).toBe(waiting);
  });

  test("keeps the row of a delivery that must still be known, and empties it", async () => {
    const box = await Box.start();
    const keeping = { retentionMs: DAY, dedupMs: 7 * DAY };
    const [id = ""] = await handled(box, 2, (n) => (n === 0 ? "d1" : undefined));
    box.clock.jump(2 * DAY);
    const retention = retentionOf(box, keeping);
    expect(await pass(retention)).toMatchObject({ removed: 2, emptied: 1 });
    expect(await box.store.content(id)).toBeNull();
    expect((await box.record(id)).actor.context).toMatchObject({ summary: null, emptied: true });
    expect(await box.arrives({ deliveryId: "d1" })).toBe(id);
    // Once is enough.
    expect(await pass(retention)).toMatchObject({ removed: 0, emptied: 0 });
    await expect(
      box.box.events.payload(box.box.account.id, id, { pointer: "", offset: 0, limit: 10 }),
    ).rejects.toThrow("is not kept");

    box.clock.jump(6 * DAY);
    expect(await pass(retention)).toMatchObject({ removed: 1 });
    expect(await box.arrives({ deliveryId: "d1" })).not.toBe(id);
  });

  test("keeps the row of a copy for as long as that of the event which it is a copy of, so that it is not made again", async () => {
    const box = await Box.start();
    const keeping = { retentionMs: DAY, dedupMs: 7 * DAY };
    const plugins = [];
    for (const session of ["s1", "s2"])
      plugins.push(await box.plugin({ session, instance: `instance-of-${session}` }).connect());
    const arrives = () => box.arrives({ fanout: "all", deliveryId: "d1" });
    const id = await arrives();
    for (const plugin of plugins) {
      await plugin.surfaced();
      await plugin.acks();
      await plugin.says({ ready: true });
    }
    const retention = retentionOf(box, keeping);
    box.clock.jump(2 * DAY);
    await pass(retention);
    expect(await arrives()).toBe(id);
    expect(plugins.map(({ shown }) => shown.length)).toEqual([1, 1]);
    // With the event its copy goes, too; what comes again then is another delivery.
    box.clock.jump(6 * DAY);
    await pass(retention);
    await pass(retention);
    expect(await kept(box)).toEqual([]);
    expect(await arrives()).not.toBe(id);
    expect(plugins.map(({ shown }) => shown.length)).toEqual([2, 2]);
  });

  test("goes in steps of at most a hundred records or four megabytes, and gets to the end of them", async () => {
    const box = await Box.start();
    const large = "x".repeat(1_500_000);
    for (let n = 0; n < 7; n++) {
      await box.box.events.accept({
        facts: {
          ...{ account: box.box.account.id, lane: "tag:", origin: "webhook", priority: "normal", from: "ci" },
          ...{ sourceId: null, type: "push", verifiedBy: null, deliveryId: `large ${n}`, details: null },
        },
        routed: { kind: "routed", prompt: null },
        contentType: "text/plain",
        payload: large,
      });
    }
    for (let n = 0; n < 130; n++) await box.arrives({ deliveryId: `small ${n}` });
    for (const { facts } of await box.store.events(box.box.account.id, { states: ["queued"], limit: 1_000 }))
      await box.box.host.ask({
        to: { kind: "event", account: facts.account, id: facts.id },
        message: { type: "cancel" },
      });
    box.clock.jump(40 * DAY);
    const retention = retentionOf(box);
    const steps: number[] = [];
    for (let more = true; more; ) {
      const swept = await retention.sweep();
      more = swept.more;
      steps.push(swept.removed);
    }
    expect(steps.reduce((sum, n) => sum + n, 0)).toBe(137);
    expect(Math.max(...steps)).toBeLessThanOrEqual(100);
    // Two of one and a half megabytes fit.
    expect(steps.filter((n) => n === 2).length).toBeGreaterThanOrEqual(2);
    expect(await kept(box)).toEqual([]);
  });

  test("rests between its steps, and for an hour when it is through; a restart begins anew and loses nothing", async () => {
    const box = await Box.start();
    await handled(box, 3);
    box.clock.jump(40 * DAY);
    const retention = retentionOf(box);
    const startedAt = box.clock.now();
    const next = await retention.sweepDue();
    expect(next - startedAt).toBeGreaterThanOrEqual(20);
    expect(next - startedAt).toBeLessThan(1_000);
    const left = (await kept(box)).length;
    expect(await retention.sweepDue()).toBe(next);
    expect((await kept(box)).length).toBe(left);

    const later = retentionOf(box);
    for (let n = 0; n < 5; n++) {
      const at = await later.sweepDue();
      await box.clock.pass(Math.max(0, at - box.clock.now()));
      if (at - box.clock.now() > MINUTE) break;
    }
    expect(await kept(box)).toEqual([]);
  });

  test("goes on where it was when the store is well again", async () => {
    const trouble = new Trouble();
    const box = await Box.start({ wrap: (store) => trouble.wrap(store) });
    await handled(box, 3);
    box.clock.jump(40 * DAY);
    const retention = retentionOf(box);
    trouble.failing = "commits";
    await expect(retention.sweep()).rejects.toThrow();
    trouble.failing = "nothing";
    await pass(retention);
    expect(await kept(box)).toEqual([]);
  });
});

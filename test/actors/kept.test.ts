/** What is kept for a session is for anybody as soon as that is not there any more, or has let it go. */
import { describe, expect, test } from "vitest";
import { Box, MINUTE, SECOND, type TestPlugin } from "../world/box.ts";

/** An event that was interrupted, and its session, which has settled the interrupt and is busy with something else. */
async function kept(box: Box): Promise<{ plugin: TestPlugin; id: string }> {
  const plugin = await box.plugin().connect();
  const id = await box.arrives();
  await plugin.surfaced("wake");
  await plugin.says({ busy: true, ready: false });
  await plugin.taken();
  await box.arrives({ priority: "interrupt" });
  await plugin.taken();
  await plugin.acks(plugin.last, { ready: false });
  expect(await box.state(id)).toBe("interrupted");
  return { plugin, id };
}

const idle = (box: Box) => box.plugin({ session: "s2", instance: "instance-2" }).connect();
const ids = ({ shown }: TestPlugin) => shown.map(({ eventId }) => eventId);

describe("what is kept for a session goes to one that is free", () => {
  test("at once when its session is gone, though nothing else happens in the lane", async () => {
    const box = await Box.start();
    const { plugin, id } = await kept(box);
    const other = await idle(box);
    await plugin.loses();
    await box.clock.pass(50 * SECOND);
    expect(ids(other)).toEqual([]);
    await box.clock.pass(10 * SECOND);
    expect(ids(other)).toEqual([id]);
  });

  test("at once when its session serves another lane", async () => {
    const box = await Box.start();
    const { plugin, id } = await kept(box);
    const other = await idle(box);
    await plugin.loses();
    await box.plugin({ lane: "tag:deploys" }).connect();
    expect(ids(other)).toEqual([id]);
  });

  test("as soon as its time has come, where its session has acked it with retry", async () => {
    const box = await Box.start();
    const plugin = await box.plugin().connect();
    const id = await box.arrives();
    await plugin.surfaced("wake");
    await plugin.says({ busy: true, ready: false });
    await plugin.taken();
    const of = plugin.last;
    await box.arrives({ priority: "interrupt" });
    await plugin.acks(of, { outcome: "retry", retryAfterMs: MINUTE, ready: false });
    const other = await idle(box);
    await box.clock.pass(MINUTE);
    expect(ids(other)).toEqual([id]);
  });

  test("at once where it is addressed to a session that is gone", async () => {
    const box = await Box.start();
    const plugin = await box.plugin().connect();
    await plugin.says({ busy: true, ready: false, interruptible: false });
    const id = await box.arrives({ details: { addressee: "s1" } });
    const other = await idle(box);
    expect(ids(other)).toEqual([]);
    await plugin.loses();
    await box.clock.pass(MINUTE);
    expect(ids(other)).toEqual([id]);
  });
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Box, MINUTE, SECOND } from "../world/box.ts";
import { Trouble } from "../world/troubled-store.ts";

describe("a jump of the wall clock", () => {
  test("does not touch what was handed over after it, before anybody had noticed it", async () => {
    for (const jump of [45 * MINUTE, -45 * MINUTE]) {
      const box = await Box.start();
      const plugin = await box.plugin().connect();
      await box.clock.pass(MINUTE);
      box.clock.jump(jump);
      const id = await box.arrives();
      await box.clock.pass(9 * SECOND);
      expect(await box.state(id)).toBe("dispatching");
      await plugin.says({ ready: false }, false);
      await box.clock.pass(2 * SECOND);
      // The deadline is neither forgotten nor put off.
      expect(await box.state(id)).toBe("returned");
    }
  });

  test("is made good after the disk has failed in the middle of it", async () => {
    const trouble = new Trouble();
    const box = await Box.start({ wrap: (store) => trouble.wrap(store) });
    const plugin = await box.plugin().connect();
    const id = await box.arrives();
    await plugin.surfaced();
    await plugin.says({ ready: false });
    trouble.failing = "commits";
    box.clock.jump(45 * MINUTE);
    await box.clock.pass(6 * SECOND);
    trouble.failing = "nothing";
    await box.clock.pass(30 * SECOND);
    expect(await box.state(id)).toBe("delivered");
    expect(plugin.reminded).toEqual([]);
    await box.clock.pass(85 * SECOND);
    expect(plugin.reminded).toHaveLength(1);
  });

  test("while the server was down leaves the longest hold as long as it was", async () => {
    const folder = mkdtempSync(join(tmpdir(), "signalbox-"));
    const path = join(folder, "signalbox.db");
    const before = await Box.start({ path });
    const plugin = await before.plugin().connect();
    const id = await before.arrives();
    await plugin.surfaced();
    for (let i = 0; i < 30; i++) {
      await before.clock.pass(MINUTE);
      await plugin.says({ ready: false, busy: true });
    }
    await before.kill();
    before.clock.jump(-3 * 60 * MINUTE);
    const box = await Box.start({ path, clock: before.clock });
    const again = await box.plugin().connect({ inHand: { eventId: id, delivery: 1 }, ready: false });
    for (let i = 0; i < 31; i++) {
      await box.clock.pass(MINUTE);
      await again.says({ ready: false, busy: true });
    }
    expect((await box.record(id)).actor.context.reason).toBe("held_too_long");
    await box.kill();
    rmSync(folder, { recursive: true });
  });

  test("that was made good is not taken for time that the server was down, when it starts again right after", async () => {
    const folder = mkdtempSync(join(tmpdir(), "signalbox-"));
    const path = join(folder, "signalbox.db");
    const before = await Box.start({ path });
    const plugin = await before.plugin().connect();
    await before.clock.pass(MINUTE);
    before.clock.jump(-3 * 60 * MINUTE);
    const id = await before.arrives();
    await plugin.surfaced();
    await before.kill();
    const box = await Box.start({ path, clock: before.clock });
    await box.plugin().connect({ inHand: { eventId: id, delivery: 1 }, ready: false });
    await box.clock.pass(10 * SECOND);
    expect(await box.state(id)).toBe("delivered");
    await box.kill();
    rmSync(folder, { recursive: true });
  });
});

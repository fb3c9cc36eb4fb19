/** An event that can't be shown must not stop its lane (promise 14), and a store that is only away must kill nothing. */
import { expect, test } from "vitest";
import { Box } from "../world/box.ts";
import { settle } from "../world/simulated-clock.ts";
import { Trouble } from "../world/troubled-store.ts";

test("an event whose content is gone, or can't be read, or can't be rendered, is dead with its reason, and the lane goes on", async () => {
  for (const damage of ["missing", "unreadable", "unrenderable"] as const) {
    const trouble = new Trouble();
    const box = await Box.start({ wrap: (store) => trouble.wrap(store) });
    const broken = await box.arrives();
    const whole = await box.arrives();
    trouble.damaged.set(broken, damage);
    const plugin = await box.plugin().connect();
    await settle();
    expect(await box.state(broken), damage).toBe("dead");
    const { context } = (await box.record(broken)).actor;
    expect(context).toMatchObject({ reason: "unreadable", claim: null, attempts: 0, outcome: null });
    expect(context.settledAt).toBe(box.clock.now());
    // The same session, still connected, has the next one in hand.
    expect(plugin.shown.map(({ eventId }) => eventId)).toEqual([whole]);
    expect(plugin.gone).toBe(false);
    expect((await plugin.acks()).status).toBe("settled");
    expect(await box.sessionState("s1")).toBe("online");
    await box.kill();
  }
});

test("it is told in the log once, with its id and a cure, and without a word of the content", async () => {
  const trouble = new Trouble();
  const lines: unknown[] = [];
  const log = { debug() {}, info() {}, warn() {}, error: (...line: unknown[]) => void lines.push(line) };
  const box = await Box.start({ wrap: (store) => trouble.wrap(store), log });
  const broken = await box.arrives();
  trouble.damaged.set(broken, "missing");
  await box.plugin().connect();
  expect(lines).toEqual([
    [expect.objectContaining({ event: broken, lane: "tag:" }), expect.stringMatching(/dead letters.*backup/)],
  ]);
});

test("a store that is away kills no event: the stream ends, and the event is delivered when it is back", async () => {
  const trouble = new Trouble();
  const box = await Box.start({ wrap: (store) => trouble.wrap(store) });
  const plugin = await box.plugin().connect();
  trouble.failing = "contents";
  const id = await box.arrives();
  expect(await box.state(id)).toBe("dispatching");
  trouble.failing = "nothing";
  await plugin.connect();
  expect(plugin.shown.map(({ eventId }) => eventId)).toEqual([id]);
});

test("what becomes unreadable while a session has it in hand is dead when it would be shown again, and the next one comes", async () => {
  const trouble = new Trouble();
  const box = await Box.start({ wrap: (store) => trouble.wrap(store) });
  const first = await box.plugin().connect();
  const [broken, next] = [await box.arrives(), await box.arrives()];
  await first.taken();
  expect(await box.state(broken)).toBe("delivered");
  trouble.damaged.set(broken, "unreadable");
  const second = await box.plugin({ instance: "instance-2", answers: false });
  await first.loses();
  await second.connect();
  await settle();
  expect(await box.state(broken)).toBe("dead");
  expect(second.shown.map(({ eventId }) => eventId)).toEqual([next]);
  // Whoever finished it all the same is told that it came too late, and changes nothing.
  expect((await second.acks({ eventId: broken, delivery: 1 })).status).toBe("late");
});

test("a whole lane of them ends, one after the other, without a claim left behind", async () => {
  const trouble = new Trouble();
  const box = await Box.start({ wrap: (store) => trouble.wrap(store) });
  const ids: string[] = [];
  for (let i = 0; i < 50; i++) ids.push(await box.arrives());
  for (const id of ids) trouble.damaged.set(id, "missing");
  await box.plugin().connect();
  await settle();
  await box.box.host.idle();
  expect(await box.box.events.counts(box.box.account.id)).toEqual({ dead: 50 });
  expect(await box.store.claims()).toEqual([]);
});

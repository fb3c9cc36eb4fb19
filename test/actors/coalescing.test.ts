import { expect, test } from "vitest";
import { coalesceOf } from "../../src/domain/coalescing.ts";
import { Box, MINUTE, SECOND } from "../world/box.ts";
import { settle } from "../world/simulated-clock.ts";

const coalesce = { key: "pr 7", windowMs: 10 * MINUTE };

test("a newer payload is delivered in the place of the one that waited, and says how many it stands for", async () => {
  const box = await Box.start();
  const first = await box.arrives({ coalesce, payload: '{"push":1}' });
  const behind = await box.arrives();
  const second = await box.arrives({ coalesce, payload: '{"push":2}' });
  const third = await box.arrives({ coalesce, payload: '{"push":3}' });
  expect([await box.state(first), await box.state(second)]).toEqual(["superseded", "superseded"]);
  expect((await box.record(first)).actor.context.supersededBy).toBe(second);
  expect((await box.record(second)).actor.context.supersededBy).toBe(third);

  const plugin = await box.plugin().connect();
  expect(plugin.last.eventId).toBe(third);
  expect(plugin.last.content).toContain("It stands for 3: ");
  expect(plugin.last.content).toContain('{"push":3}');
  expect(plugin.last.content).not.toContain('"push":1');
  await plugin.acks();
  expect(plugin.last.eventId).toBe(behind);
  expect(plugin.last.content).not.toContain("It stands for");
});

test("what was handed over is not replaced, nor what was handed over once", async () => {
  const box = await Box.start();
  const first = await box.arrives({ coalesce });
  const plugin = await box.plugin().connect();
  expect(plugin.last.eventId).toBe(first);
  const second = await box.arrives({ coalesce });
  await plugin.acks(plugin.last, { outcome: "retry", retryAfterMs: SECOND, ready: false });
  expect(await box.state(first)).toBe("scheduled");
  const third = await box.arrives({ coalesce });
  expect([await box.state(first), await box.state(second)]).toEqual(["scheduled", "superseded"]);
  expect((await box.record(third)).facts.details?.standsFor).toBe(2);
});

test("what came in before the window waits beside the newer one", async () => {
  const box = await Box.start();
  const first = await box.arrives({ coalesce });
  await box.clock.pass(10 * MINUTE + 1);
  await box.arrives({ coalesce });
  expect(await box.state(first)).toBe("queued");
});

test("another key, another lane, another priority: each waits for itself", async () => {
  const box = await Box.start();
  const ids = [
    await box.arrives({ coalesce }),
    await box.arrives({ coalesce: { ...coalesce, key: "pr 8" } }),
    await box.arrives({ coalesce, lane: "tag:other" }),
    await box.arrives({ coalesce, priority: "priority" }),
  ];
  for (const id of ids) expect(await box.state(id)).toBe("queued");
});

test("a provider that repeats an older delivery, or the newer, is told what it was and changes nothing", async () => {
  const box = await Box.start();
  const first = await box.arrives({ coalesce, deliveryId: "d1" });
  const second = await box.arrives({ coalesce, deliveryId: "d2" });
  expect(await box.arrives({ coalesce, deliveryId: "d1" })).toBe(first);
  expect(await box.arrives({ coalesce, deliveryId: "d2" })).toBe(second);
  expect([await box.state(first), await box.state(second)]).toEqual(["superseded", "queued"]);
});

test("many that come at once leave one, which stands for all", async () => {
  const box = await Box.start();
  await Promise.all(Array.from({ length: 20 }, () => box.arrives({ coalesce })));
  await settle();
  const [left, ...others] = await box.store.heads(box.box.account.id, "tag:", 50);
  expect(others).toEqual([]);
  expect(left?.facts.details?.standsFor).toBe(20);
});

test("a claim in the same instant leaves the older in its session's hands, and the newer waits behind", async () => {
  let meanwhile = async (): Promise<void> => {};
  const box = await Box.start({
    wrap: (store) => ({
      ...store,
      async waitingLike(...asked) {
        const found = await store.waitingLike(...asked);
        await meanwhile();
        return found;
      },
    }),
  });
  const first = await box.arrives({ coalesce });
  const behind = await box.arrives();
  meanwhile = async () => {
    meanwhile = async () => {};
    await box.plugin().connect();
  };
  const second = await box.arrives({ coalesce });
  expect(await box.state(first)).toBe("dispatching");
  const waiting = await box.store.heads(box.box.account.id, "tag:", 50);
  expect(waiting.map(({ facts }) => facts.id)).toEqual([behind, second]);
});

test("a payload without the key, or that is no JSON, stands for itself", () => {
  const rule = { key: "/pull_request/number", windowSeconds: 60 };
  expect(coalesceOf("src_1", rule, { pull_request: {} })).toBeNull();
  expect(coalesceOf("src_1", rule, undefined)).toBeNull();
  const key = (source: string, number: unknown) =>
    coalesceOf(source, rule, { pull_request: { number } })?.key;
  expect(key("src_1", 7)).toBe(key("src_1", 7));
  expect(new Set([key("src_1", 7), key("src_1", "7"), key("src_2", 7), key("src_1", null)]).size).toBe(4);
  expect(key("src_1", "x".repeat(100_000))?.length).toBeLessThan(100);
});

test("a value that can't be told from others stands for itself, and never keeps its event from being stored", () => {
  const rule = { key: "/id", windowSeconds: 60 };
  const of = (id: string) => coalesceOf("src_1", rule, JSON.parse(`{"id":${id}}`));
  // JSON.parse reads the next number as the very same one.
  expect(of("9007199254740992")).toBeNull();
  expect(of("[1e400]")).toBeNull();
  expect(of('{"deep":-9007199254740993}')).toBeNull();
  expect(of("9007199254740991")).not.toBeNull();
  expect(of("1.5")).not.toBeNull();
  expect(of(`${"[".repeat(200_000)}${"]".repeat(200_000)}`)).toBeNull();
});

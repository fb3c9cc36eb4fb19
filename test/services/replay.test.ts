import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { ReplayEventsRequestSchema } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { replayEvents } from "../../src/api/replay-calls.ts";
import type { Token } from "../../src/domain/account.ts";
import { Box, MINUTE, SECOND, type TestPlugin } from "../world/box.ts";

async function replay(
  { box }: Box,
  request: MessageInitShape<typeof ReplayEventsRequestSchema>,
  tags: string[] | null = null,
) {
  const { token } = await box.tokens.issue(box.account.id, "test", "session", []);
  const asker = { account: box.account, token: { ...token, tags } satisfies Token };
  return replayEvents(box)(asker, create(ReplayEventsRequestSchema, request));
}

/** An event that its session has given up. */
async function dies(box: Box, plugin: TestPlugin, more: Parameters<Box["arrives"]>[0] = {}): Promise<string> {
  await plugin.says({ ready: true });
  const id = await box.arrives(more);
  await plugin.surfaced();
  await plugin.acks(undefined, { outcome: "failed", ready: false });
  return id;
}

const only = <T>([one]: readonly T[]): T => {
  if (one === undefined) throw new Error("there is none");
  return one;
};

test("a dead event is replayed as a new one, which says so, and nothing of the old one changes", async () => {
  const box = await Box.start();
  const plugin = await box.plugin().connect();
  const id = await dies(box, plugin, {
    deliveryId: "d1",
    details: { hops: 2, expiresAt: Date.UTC(2030, 0), coalesceKey: "k", copies: ["s2"], copyOf: "evt_1" },
  });
  const dead = await box.record(id);
  await box.clock.pass(MINUTE);

  const again = only((await replay(box, { eventId: id })).replays);
  expect(again).toMatchObject({ eventId: id, known: false, state: "queued" });
  const { facts } = await box.record(again.replayId);
  const { id: _, deliveryId: _first, receivedAt, details: _details, ...same } = dead.facts;
  expect(facts).toMatchObject({ ...same, details: { hops: 2, replayOf: id }, receivedAt: box.clock.now() });
  expect(Object.keys(facts.details ?? {}).sort()).toEqual(["hops", "replayOf"]);
  expect(facts.receivedAt).toBeGreaterThan(receivedAt);
  expect(await box.record(id)).toEqual(dead);

  const [first, second] = [await box.store.content(id), await box.store.content(again.replayId)];
  expect(second).toEqual({ ...first, marker: second?.marker });
  expect(second?.marker).not.toBe(first?.marker);

  await plugin.says({ ready: true });
  expect(plugin.last.content).toContain(`It replays event ${id}, which had ended`);
  await plugin.surfaced();
  await plugin.acks();
  expect(await box.state(again.replayId)).toBe("acked");
});

test("an event is replayed once, however often it is asked for; its replay may be replayed in turn", async () => {
  const box = await Box.start();
  const plugin = await box.plugin().connect();
  const id = await dies(box, plugin);
  const asked = await Promise.all([replay(box, { eventId: id }), replay(box, { eventId: id })]);
  const [first, second] = asked.map(({ replays }) => only(replays));
  expect([first?.known, second?.known].sort()).toEqual([false, true]);
  expect(second?.replayId).toBe(first?.replayId);

  await plugin.says({ ready: true });
  await plugin.surfaced();
  await plugin.acks(undefined, { outcome: "failed" });
  const third = only((await replay(box, { eventId: first?.replayId ?? "" })).replays);
  expect(third).toMatchObject({ known: false });
  expect(only((await replay(box, { eventId: id })).replays)).toMatchObject({ known: true, state: "dead" });
});

test("what has not ended, was dropped, is damaged or is nobody's is not replayed, and the answer says why", async () => {
  const box = await Box.start();
  const waiting = await box.arrives();
  await expect(replay(box, { eventId: waiting })).rejects.toThrow("has not ended: it is queued");
  await expect(replay(box, { eventId: "evt_unknown" })).rejects.toThrow("there is no event");
  await expect(replay(box, {})).rejects.toThrow("either one event");
  await expect(replay(box, { eventId: waiting, day: "2026-01-01" })).rejects.toThrow("either one event");
  await expect(replay(box, { day: "yesterday" })).rejects.toThrow("day is no date");
  await expect(replay(box, { day: "2026-13-01" })).rejects.toThrow("day is no date");
});

test("the dead of a source come back oldest first, ten a second, a bounded number a call, until none are left", async () => {
  const box = await Box.start();
  const plugin = await box.plugin().connect();
  const dead: string[] = [];
  for (let n = 0; n < 25; n++) dead.push(await dies(box, plugin));
  await plugin.says({ ready: true });
  const done = await box.arrives();
  await plugin.surfaced();
  await plugin.acks(undefined, { ready: false });

  expect(await replay(box, { from: "elsewhere" })).toMatchObject({ replays: [], remaining: 0 });
  const startedAt = box.clock.now();
  const first = await replay(box, { from: "github", limit: 20 });
  expect(first.replays.map(({ eventId }) => eventId)).toEqual(dead.slice(0, 20));
  expect(first.remaining).toBe(5);
  expect(Number(first.lastAtMs)).toBe(startedAt + 1_900);
  const second = await replay(box, { from: "github", limit: 20 });
  expect(second.replays.map(({ eventId }) => eventId)).toEqual(dead.slice(20));
  expect(second).toMatchObject({ remaining: 0, lastAtMs: BigInt(startedAt + 2_400) });
  expect(await replay(box, { from: "github" })).toMatchObject({ replays: [], remaining: 0 });

  const waiting = async () => (await box.box.events.counts(box.box.account.id)).queued ?? 0;
  expect(await waiting()).toBe(1);
  await box.clock.pass(SECOND);
  expect(await waiting()).toBe(11);
  await box.clock.pass(2 * SECOND);
  expect(await waiting()).toBe(25);
  expect(await box.state(done)).toBe("acked");
});

test("the dead of a day are those that ended on it, by UTC", async () => {
  const box = await Box.start();
  const plugin = await box.plugin().connect();
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  const early = await dies(box, plugin);
  const first = day(box.clock.now());
  await plugin.loses();
  box.clock.jump(24 * 60 * MINUTE);
  const again = await box.plugin().connect();
  const late = await dies(box, again);
  const second = day(box.clock.now());
  expect((await replay(box, { day: second })).replays).toMatchObject([{ eventId: late }]);
  expect((await replay(box, { day: first, from: "elsewhere" })).replays).toEqual([]);
  expect((await replay(box, { day: first, from: "github" })).replays).toMatchObject([{ eventId: early }]);
});

test("what has no content any more is passed over, told, and does not stand in the way of the others", async () => {
  const lost = new Set<string>();
  const box = await Box.start({
    wrap: (store) => ({ ...store, content: async (id) => (lost.has(id) ? null : store.content(id)) }),
  });
  const plugin = await box.plugin().connect();
  const dead: string[] = [];
  for (let n = 0; n < 6; n++) dead.push(await dies(box, plugin));
  for (const id of dead.slice(0, 3)) lost.add(id);
  const answer = await replay(box, { from: "github", limit: 2 });
  expect(answer.replays.map(({ eventId }) => eventId)).toEqual(dead.slice(3, 5));
  expect(answer).toMatchObject({ lost: 3, remaining: 1 });
  await expect(replay(box, { eventId: dead[0] ?? "" })).rejects.toThrow("has no content any more");
});

test("a replay that fails half way keeps what it has stored, and goes on when it is asked again", async () => {
  let left = 3;
  const box = await Box.start({
    wrap: (store) => ({
      ...store,
      content: async (id) => {
        left -= 1;
        if (left === 0) throw new Error("the disk is gone");
        return store.content(id);
      },
    }),
  });
  const plugin = await box.plugin().connect();
  left = Number.POSITIVE_INFINITY;
  const dead: string[] = [];
  for (let n = 0; n < 4; n++) dead.push(await dies(box, plugin));
  left = 3;
  await expect(replay(box, { from: "github" })).rejects.toThrow("the disk is gone");
  const rest = await replay(box, { from: "github" });
  expect(rest.replays.map(({ eventId }) => eventId)).toEqual(dead.slice(2));
});

test("a token that is bound to tags replays what is of their lanes, and nothing else", async () => {
  const box = await Box.start();
  const mine = await dies(box, await box.plugin({ session: "s-a" }).connect({ lane: "tag:a" }), {
    lane: "tag:a",
  });
  const other = await dies(box, await box.plugin({ session: "s-b" }).connect({ lane: "tag:b" }), {
    lane: "tag:b",
  });
  await expect(replay(box, { eventId: other }, ["a"])).rejects.toThrow("serves a, not b");
  const { replays, remaining } = await replay(box, { from: "github" }, ["a"]);
  expect(replays).toMatchObject([{ eventId: mine }]);
  expect(remaining).toBe(0);
});

import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { ListHistoryRequestSchema } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { listHistory } from "../../src/api/history-calls.ts";
import type { Token } from "../../src/domain/account.ts";
import { Box, MINUTE, SECOND } from "../world/box.ts";

async function historyOf(
  { box }: Box,
  request: MessageInitShape<typeof ListHistoryRequestSchema> = {},
  tags: string[] | null = null,
) {
  const { token } = await box.tokens.issue(box.account.id, "test", "session", []);
  const asker = { account: box.account, token: { ...token, tags } satisfies Token };
  return listHistory(box)(asker, create(ListHistoryRequestSchema, request));
}

const ids = ({ events }: Awaited<ReturnType<typeof historyOf>>) => events.map(({ id }) => id);

test("history tells who sent an event, what was done, when, and how long it took", async () => {
  const box = await Box.start();
  const plugin = await box.plugin().connect();
  const id = await box.arrives();
  await plugin.surfaced();
  await box.clock.pass(42 * SECOND);
  await plugin.acks();
  const { events, nextCursor } = await historyOf(box);
  expect(nextCursor).toBe("");
  expect(events).toMatchObject([
    {
      id,
      origin: "webhook",
      from: "github",
      path: `/webhook/${box.box.account.profileId}/github`,
      type: "push",
      lane: "tag:",
      state: "acked",
      outcome: "done",
      summary: "did it",
      completedAtMs: BigInt(box.clock.now()),
      durationMs: 42_000n,
      deliveries: 1,
      timedOut: 0,
    },
  ]);
});

test("history never calls done what was not: silence and failure are told, with how often", async () => {
  const box = await Box.start();
  const plugin = await box.plugin().connect();
  const silent = await box.arrives();
  for (let attempt = 1; attempt <= 3; attempt++) {
    await plugin.surfaced();
    await plugin.says({ ready: false });
    await box.clock.pass(5 * MINUTE);
    await plugin.says({ ready: true });
  }
  const failed = await box.arrives();
  await plugin.surfaced();
  await plugin.acks(undefined, { outcome: "failed" });
  const { events } = await historyOf(box);
  expect(events).toMatchObject([
    { id: failed, state: "dead", reason: "failed", outcome: "failed", timedOut: 0 },
    { id: silent, state: "dead", reason: "timed_out", outcome: "", summary: "", deliveries: 3, timedOut: 3 },
  ]);
  expect(ids(await historyOf(box, { states: ["acked"] }))).toEqual([]);
});

test("an event that was acked before anybody saw it has no duration, also where the clock was set meanwhile", async () => {
  const box = await Box.start();
  const plugin = await box.plugin().connect();
  await box.arrives();
  box.clock.jump(3 * MINUTE);
  await box.clock.pass(6 * SECOND);
  await plugin.acks();
  const { events } = await historyOf(box);
  expect(events).toHaveLength(1);
  expect(events[0]?.durationMs).toBeUndefined();
});

test("history is read page by page, and one page ends where the next begins", async () => {
  const box = await Box.start();
  const plugin = await box.plugin().connect();
  const all: string[] = [];
  for (let n = 0; n < 5; n++) {
    all.unshift(await box.arrives());
    await plugin.surfaced();
    await plugin.acks();
    await plugin.says({ ready: true });
  }
  const read: string[] = [];
  let cursor = "";
  do {
    const page = await historyOf(box, { limit: 2, cursor });
    read.push(...ids(page));
    cursor = page.nextCursor;
  } while (cursor !== "");
  expect(read).toEqual(all);
  await expect(historyOf(box, { cursor: "elsewhere" })).rejects.toThrow("no cursor");
});

test("a token that is bound to tags is told of their lanes alone", async () => {
  const box = await Box.start();
  const byLane = new Map<string, string>();
  for (const lane of ["tag:", "tag:a", "tag:b"]) {
    const plugin = await box.plugin({ session: lane }).connect({ lane });
    byLane.set(lane, await box.arrives({ lane }));
    await plugin.surfaced();
    await plugin.acks();
  }
  const of = (...lanes: string[]) => lanes.map((lane) => byLane.get(lane));
  expect(ids(await historyOf(box))).toEqual(of("tag:b", "tag:a", "tag:"));
  expect(ids(await historyOf(box, {}, ["a", "b"]))).toEqual(of("tag:b", "tag:a"));
  expect(ids(await historyOf(box, { lane: "tag:a" }, ["a", "b"]))).toEqual(of("tag:a"));
  await expect(historyOf(box, { lane: "tag:" }, ["a"])).rejects.toThrow("serves a, not the untagged lane");
});

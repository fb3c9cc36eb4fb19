/** The real server with its ticker and its store: crons fire by themselves, and go on after a restart, each time once. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { newCron } from "../../src/actors/cron-step.ts";
import { EVENT_STATES, type EventRecord } from "../../src/domain/event.ts";
import type { Store } from "../../src/domain/ports/store.ts";
import { openSqliteStore } from "../../src/store/sqlite/store.ts";
import { startServer } from "../world/server.ts";
import { until } from "../world/until.ts";

const dueAt = ({ facts }: EventRecord): number => facts.details?.due?.at ?? 0;

/** The server's own store, at hand. */
function opened() {
  const kept: { store: Store | null } = { store: null };
  return {
    openStore: async (dataDir: string): Promise<Store> => {
      kept.store = await openSqliteStore({ path: join(dataDir, "signalbox.db") });
      return kept.store;
    },
    async fired(account: string): Promise<EventRecord[]> {
      const all = await kept.store?.events(account, { states: EVENT_STATES, limit: 500 });
      return (all ?? []).toReversed();
    },
    /** One that is due each second, which no owner can ask for. */
    async eachSecond(account: string): Promise<void> {
      const words = {
        account,
        label: null,
        prompt: "p",
        lane: "tag:",
        priority: "normal",
        options: null,
      } as const;
      const rules = { timezone: "UTC", misfire: "all", overlap: "queue", maxLatenessMs: null } as const;
      const record = newCron(
        { id: `cron_${"0".repeat(26)}`, createdAt: 0, ...words },
        { expression: "* * * * * *", ...rules, at: Date.now() },
      );
      expect(await kept.store?.commit([{ kind: "cron", record }])).toEqual([{ kind: "stored" }]);
    },
  };
}

test("each time fires once, also those that passed while no server ran", async () => {
  const first = opened();
  const server = await startServer({ openStore: first.openStore });
  const { accountId } = await server.control.call(ControlService.method.getAccount, {});
  await first.eachSecond(accountId);
  // The ticker looks by itself; it is not told of what came past the service.
  await until(async () => (await first.fired(accountId)).length >= 2, "the first firings");
  await server.stop();

  const second = opened();
  const again = await startServer({ dataDir: server.dataDir, openStore: second.openStore });
  const before = (await second.fired(accountId)).length;
  await until(async () => (await second.fired(accountId)).length >= before + 3, "more of them");
  const times = (await second.fired(accountId)).map(dueAt);
  await again.stop();
  expect(times).toEqual(times.map((_, i) => (times[0] ?? 0) + i * 1_000));
});

test("a cron is answered with its next three times, and run by hand it makes an event", async () => {
  const server = await startServer();
  const made = await server.control.call(ControlService.method.createCron, {
    schedule: "0 0 1 1 *",
    prompt: "/catchup",
    timezone: "America/New_York",
  });
  expect(made.cron?.next.map(({ local }) => local.slice(8))).toEqual(Array(3).fill("-01-01 00:00 GMT-05:00"));
  const id = made.cron?.id ?? "";
  const { eventId } = await server.control.call(ControlService.method.runCron, { id });
  const { events } = await server.control.call(ControlService.method.listEvents, { states: ["queued"] });
  expect(events).toMatchObject([{ id: eventId, origin: "cron", from: id, type: "cron.fired" }]);
  await server.stop();
});

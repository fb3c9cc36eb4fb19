import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { step } from "../../src/actors/step.ts";
import type { EventRecord } from "../../src/domain/event.ts";
import { openSqliteStore } from "../../src/store/sqlite/store.ts";
import { append, newEvent } from "../store/records.ts";
import { startServer } from "../world/server.ts";
import { until } from "../world/until.ts";

const DAY = 86_400_000;
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

test("a real server removes by itself what was kept long enough, and nothing else", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "signalbox-sweeper-"));
  folders.push(dataDir);
  await (await startServer({ dataDir })).stop();
  const store = await openSqliteStore({ path: join(dataDir, "signalbox.db") });
  const [account] = await store.accounts();
  const facts = { account: account?.id ?? "", receivedAt: Date.now() - 60 * DAY };
  const waiting = newEvent(facts);
  const endedAgo = (days: number): EventRecord => {
    const { record } = step(newEvent(facts), { type: "cancel", at: Date.now() - days * DAY });
    if (record.kind !== "event") throw new Error("an event became something else");
    return record;
  };
  const [old, young] = [endedAgo(31), endedAgo(29)];
  await store.commit([waiting, old, young].map((record) => append(record)));
  await store.close();

  const server = await startServer({ dataDir });
  const states = ["queued", "cancelled"];
  const ids = async () =>
    (await server.control.call(ControlService.method.listEvents, { states })).events.map(({ id }) => id);
  await until(async () => !(await ids()).includes(old.facts.id), "the old event to be removed");
  expect((await ids()).sort()).toEqual([waiting.facts.id, young.facts.id].sort());
  await server.stop();
});

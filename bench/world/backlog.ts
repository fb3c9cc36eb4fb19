/**
 * Servers with much to do. A backlog is put into the store while its server is away: born by the real machine, appended by
 * the real store, in commits of many events, so that a large one is there in seconds.
 */
import { join } from "node:path";
import { birth } from "../../src/actors/step.ts";
import { readSettings } from "../../src/config/read-settings.ts";
import { limitsOf } from "../../src/config/settings.ts";
import { idFactory, type NewId } from "../../src/domain/ids.ts";
import { laneOfTag } from "../../src/domain/lane.ts";
import type { Write } from "../../src/domain/ports/store.ts";
import { nodeClock } from "../../src/edges/node-clock.ts";
import { nodeRandom } from "../../src/edges/node-random.ts";
import { openSqliteStore } from "../../src/store/sqlite/store.ts";
import { startServer } from "./server.ts";

const AT_ONCE = 2_000;

const PAYLOAD = JSON.stringify({ action: "opened", body: ".".repeat(2_000) });

/** Makes a data folder whose untagged lane has so many events waiting. Its server is not running. */
export async function makeBacklog(dataDir: string, count: number): Promise<void> {
  const server = await startServer(dataDir);
  await server.stop();
  const store = await openSqliteStore({ path: join(dataDir, "signalbox.db") });
  try {
    const [account] = await store.accounts();
    if (account === undefined) throw new Error(`the store in ${dataDir} has no account`);
    const newId = idFactory(nodeClock, nodeRandom);
    for (let left = count; left > 0; left -= AT_ONCE) {
      const writes = Array.from({ length: Math.min(AT_ONCE, left) }, () => arrival(account.id, newId));
      await store.commit(writes);
    }
  } finally {
    await store.close();
  }
}

const limits = limitsOf(readSettings({ options: {}, env: {} }).settings);

function arrival(account: string, newId: NewId): Write {
  const now = nodeClock.now();
  const id = newId("evt");
  const facts = {
    id,
    account,
    lane: laneOfTag(null),
    origin: "webhook",
    priority: "normal",
    from: "bench",
    sourceId: null,
    type: "pull_request.opened",
    verifiedBy: "github",
    deliveryId: id,
    receivedAt: now,
    bytes: PAYLOAD.length,
    details: null,
  } as const;
  const { record } = birth(facts, { birth: "queued", reason: null, limits, delayMs: 0 }, now);
  const content = { prompt: null, contentType: "application/json", payload: PAYLOAD, marker: "7f3c9a2e" };
  return { kind: "append", record, content };
}

/** Many crons, put into the store while its server is away: made by the real machine, stored by the real store. */
import { join } from "node:path";
import { newCron } from "../../src/actors/cron-step.ts";
import type { CronRecord } from "../../src/domain/cron.ts";
import { idFactory } from "../../src/domain/ids.ts";
import { laneOfTag } from "../../src/domain/lane.ts";
import type { Write } from "../../src/domain/ports/store.ts";
import { nodeClock } from "../../src/edges/node-clock.ts";
import { nodeRandom } from "../../src/edges/node-random.ts";
import { openSqliteStore } from "../../src/store/sqlite/store.ts";
import { startServer } from "./server.ts";

const AT_ONCE = 2_000;

/** Once a year, and each second: no owner can ask for that, but a bench can't wait for minutes. */
export const YEARLY = "0 0 1 1 *";
export const EACH_SECOND = "* * * * * *";

/** Makes a data folder with so many crons of each schedule. Its server is not running. */
export async function makeCrons(dataDir: string, counts: Readonly<Record<string, number>>): Promise<void> {
  const server = await startServer(dataDir);
  await server.stop();
  const store = await openSqliteStore({ path: join(dataDir, "signalbox.db") });
  const newId = idFactory(nodeClock, nodeRandom);
  try {
    const [account] = await store.accounts();
    if (account === undefined) throw new Error(`the store in ${dataDir} has no account`);
    for (const [expression, count] of Object.entries(counts)) {
      const like = someCron(account.id, expression);
      for (let left = count; left > 0; left -= AT_ONCE) {
        const writes = Array.from(
          { length: Math.min(AT_ONCE, left) },
          (): Write => ({ kind: "cron", record: { ...like, id: newId("cron") } }),
        );
        await store.commit(writes);
      }
    }
  } finally {
    await store.close();
  }
}

function someCron(account: string, expression: string): CronRecord {
  const at = nodeClock.now();
  return newCron(
    {
      id: "",
      account,
      label: "bench",
      prompt: "/catchup",
      lane: laneOfTag(null),
      priority: "normal",
      options: null,
      createdAt: at,
    },
    { expression, timezone: "Europe/Berlin", misfire: "once", overlap: "coalesce", maxLatenessMs: null, at },
  );
}

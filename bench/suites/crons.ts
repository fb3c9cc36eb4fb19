/**
 * What 100,000 crons cost (promise 8): the start of a server that has them, its memory beside that of one that has none, and one
 * look at them when 100 are due.
 */
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { cipherOf } from "../../src/config/cipher.ts";
import { readKeys } from "../../src/config/keys.ts";
import { readSettings } from "../../src/config/read-settings.ts";
import { keepingOf, limitsOf } from "../../src/config/settings.ts";
import { nodeClock } from "../../src/edges/node-clock.ts";
import { nodeFiles } from "../../src/edges/node-files.ts";
import { nodeRandom } from "../../src/edges/node-random.ts";
import { signalbox } from "../../src/signalbox.ts";
import { openSqliteStore } from "../../src/store/sqlite/store.ts";
import { atMost, type Suite } from "../suite.ts";
import { EACH_SECOND, makeCrons, YEARLY } from "../world/crons.ts";
import { startServer } from "../world/server.ts";
import { settledRss } from "../world/settled-rss.ts";

const CRONS = 100_000;
const DUE = 100;
/** What runs seldom is slow at first: a server at work has been through some. */
const WARM_TICKS = 10;
const SECOND = 1_000;
const MIB = 2 ** 20;

export const crons: Suite = {
  name: "crons",
  goals: { startMs: atMost(2_000), tickMs: atMost(50), rssGrowthMiB: atMost(16) },

  async prepare({ quick, folder }) {
    const [none, many, due] = ["no-crons", "crons", "due-crons"].map((name) => join(folder, name));
    if (none === undefined || many === undefined || due === undefined) throw new Error("three folders");
    const count = quick ? 1_000 : CRONS;
    await makeCrons(none, {});
    await makeCrons(many, { [YEARLY]: count });
    await makeCrons(due, { [YEARLY]: count, [EACH_SECOND]: DUE });
    const ticker = await openTicker(due);
    for (let i = 0; i < (quick ? 1 : WARM_TICKS); i++) await ticker.tick();

    return {
      async round() {
        const tickMs = await ticker.tick();
        const startedAt = performance.now();
        const full = await startServer(many);
        const ready = await fetch(`${full.httpUrl}/readyz`);
        const startMs = performance.now() - startedAt;
        if (!ready.ok) throw new Error(`the server is up and answers ${ready.status}`);
        const empty = await startServer(none);
        const rssGrowthMiB = ((await settledRss(full)) - (await settledRss(empty))) / MIB;
        await Promise.all([full.stop("SIGKILL"), empty.stop("SIGKILL")]);
        return { startMs, tickMs, rssGrowthMiB };
      },
      close: () => ticker.close(),
    };
  },
};

/** The server without its listeners, so that a look can be timed by itself. */
async function openTicker(dataDir: string) {
  const store = await openSqliteStore({ path: join(dataDir, "signalbox.db") });
  const keys = await readKeys({ dataDir, key: null, files: nodeFiles, random: nodeRandom });
  const quiet = { debug() {}, info() {}, warn() {}, error() {} };
  const { settings } = readSettings({ options: {}, env: {} });
  const box = await signalbox({
    store,
    clock: nodeClock,
    random: nodeRandom,
    cipher: cipherOf(keys, nodeRandom),
    log: quiet,
    limits: limitsOf(settings),
    keeping: keepingOf(settings),
    publicUrl: () => "http://127.0.0.1",
    timezone: "UTC",
  });
  // What is due by now is none of the figure.
  await box.firing.fireDue();
  return {
    /** How long a look takes when `DUE` crons are due. */
    async tick(): Promise<number> {
      const next = await box.firing.fireDue();
      if (next === null) throw new Error("no cron is due");
      // In the middle of a second: all of them have come, and the next is far.
      await wait(next - nodeClock.now() + SECOND / 4);
      const startedAt = performance.now();
      await box.firing.fireDue();
      return performance.now() - startedAt;
    },
    async close(): Promise<void> {
      await box.stop();
      await store.close();
    },
  };
}

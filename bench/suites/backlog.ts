/**
 * What 200,000 waiting events cost (promise 8): the same webhooks, then the same acks, on a server whose lane was empty and on
 * one whose lane was not.
 */
import { join } from "node:path";
import { atLeast, atMost, type Suite } from "../suite.ts";
import { AckingClient } from "../world/acking-client.ts";
import { makeBacklog } from "../world/backlog.ts";
import { type Load, startLoad } from "../world/load.ts";
import { type BenchServer, type BenchSource, makeSource, startServer } from "../world/server.ts";

const BACKLOG = 200_000;
const INGEST_MS = 1_500;
const MIB = 2 ** 20;

export const backlog: Suite = {
  name: "backlog",
  goals: { ingestRatio: atLeast(0.9), drainRatio: atLeast(0.9), rssGrowthMiB: atMost(64) },

  async prepare({ quick, folder }) {
    const load = startLoad();
    const sides = [
      await Side.open(join(folder, "empty-lane"), 0, load),
      await Side.open(join(folder, "full-lane"), quick ? 1_000 : BACKLOG, load),
    ] as const;
    const [empty, full] = sides;
    const ms = quick ? 100 : INGEST_MS;
    let round = 0;

    async function measure() {
      round += 1;
      // The order changes, so that neither always comes after the other.
      for (const side of round % 2 === 0 ? [full, empty] : [empty, full]) await side.ingest(ms);
      const drained = await empty.drain();
      await full.drain(drained);
      return {
        ingestRatio: full.ingestPerSecond / empty.ingestPerSecond,
        drainRatio: full.drainPerSecond / empty.drainPerSecond,
        rssGrowthMiB: (full.server.rssBytes() - empty.server.rssBytes()) / MIB,
      };
    }
    // What comes first also warms up.
    await measure();

    return {
      round: measure,
      async close() {
        await load.close();
        for (const side of sides) await side.close();
      },
    };
  },
};

/** One of the two servers. */
class Side {
  readonly server: BenchServer;
  readonly #source: BenchSource;
  readonly #client: AckingClient;
  readonly #load: Load;
  ingestPerSecond = 0;
  drainPerSecond = 0;

  static async open(dataDir: string, waiting: number, load: Load): Promise<Side> {
    await makeBacklog(dataDir, waiting);
    const server = await startServer(dataDir);
    const source = await makeSource(server, "backlog");
    return new Side(server, source, await AckingClient.connect(server, "backlog"), load);
  }

  private constructor(server: BenchServer, source: BenchSource, client: AckingClient, load: Load) {
    this.server = server;
    this.#source = source;
    this.#client = client;
    this.#load = load;
  }

  async ingest(ms: number): Promise<void> {
    const { perSecond } = await this.#load.run({
      url: this.#source.url,
      sent: { secret: this.#source.secret },
      connections: 64,
      bodyBytes: 2048,
      ms,
    });
    this.ingestPerSecond = perSecond;
  }

  /** All that waits, or so many; how many it were. */
  async drain(most?: number): Promise<number> {
    const startedAt = performance.now();
    const drained = await this.#client.drain(most);
    this.drainPerSecond = drained / ((performance.now() - startedAt) / 1000);
    return drained;
  }

  async close(): Promise<void> {
    this.#client.close();
    await this.server.stop();
  }
}

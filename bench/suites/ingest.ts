/**
 * Durable signed ingest (each event on stable storage before its 202) against the same handler in bare Express that stores
 * nothing: 2 KB of JSON, 64 keep-alive connections that each always have a request under way.
 */
import { join } from "node:path";
import { atLeast, below, type Suite } from "../suite.ts";
import { startBare } from "../world/bare.ts";
import { startLoad } from "../world/load.ts";
import { type BenchSource, makeSource, startServer } from "../world/server.ts";

const CONNECTIONS = 64;
const BODY_BYTES = 2048;
const ROUND_MS = 4_000;
const WARM_MS = 4_000;

export const ingest: Suite = {
  name: "ingest",
  goals: { ratio: atLeast(0.75), p99Ms: below("bareP99Ms") },

  async prepare({ quick, folder }) {
    const server = await startServer(join(folder, "ingest"));
    const source = await makeSource(server, "ingest");
    const bare = await startBare(source.secret);
    const load = startLoad();
    const under = (ms: number, { url, secret }: BenchSource) =>
      load.run({
        url,
        sent: { secret },
        connections: CONNECTIONS,
        bodyBytes: BODY_BYTES,
        ms: quick ? 200 : ms,
      });
    for (const each of [source, bare.source]) await under(WARM_MS, each);
    let round = 0;

    return {
      async round() {
        round += 1;
        // The order changes, so that neither always comes after the other.
        const first = round % 2 === 0 ? await under(ROUND_MS, bare.source) : null;
        const durable = await under(ROUND_MS, source);
        const stateless = first ?? (await under(ROUND_MS, bare.source));
        return {
          ratio: durable.perSecond / stateless.perSecond,
          perSecond: durable.perSecond,
          barePerSecond: stateless.perSecond,
          p50Ms: durable.p50Ms,
          bareP50Ms: stateless.p50Ms,
          p99Ms: durable.p99Ms,
          bareP99Ms: stateless.p99Ms,
        };
      },
      async close() {
        await load.close();
        await bare.close();
        await server.stop();
      },
    };
  },
};

/** What a session costs that is welcomed and waits: its stream, on a connection of its own. */
import { join } from "node:path";
import { atMost, type Suite } from "../suite.ts";
import { AckingClient } from "../world/acking-client.ts";
import { type BenchServer, startServer } from "../world/server.ts";
import { settledRss } from "../world/settled-rss.ts";

const SESSIONS = 2_000;
const AT_ONCE = 50;
const KB = 1_000;

export const sessions: Suite = {
  name: "sessions",
  goals: { perSessionKb: atMost(80) },

  async prepare({ quick, folder }) {
    const count = quick ? 20 : SESSIONS;
    let round = 0;

    return {
      // Each on a server of its own: memory that was used once is not given back.
      async round() {
        round += 1;
        const server = await startServer(join(folder, `sessions-${round}`));
        const clients: AckingClient[] = [];
        try {
          // The first ones bring the code with them.
          clients.push(...(await connect(server, clients.length, AT_ONCE)));
          const before = await settledRss(server);
          while (clients.length < AT_ONCE + count) {
            clients.push(...(await connect(server, clients.length, AT_ONCE)));
          }
          const after = await settledRss(server);
          return { perSessionKb: (after - before) / count / KB };
        } finally {
          for (const client of clients) client.close();
          await server.stop();
        }
      },
      async close() {},
    };
  },
};

const connect = (server: BenchServer, from: number, count: number): Promise<AckingClient[]> =>
  Promise.all(Array.from({ length: count }, (_, i) => AckingClient.connect(server, `session-${from + i}`)));

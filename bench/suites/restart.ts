/** From the start of the process until it answers, with 200,000 events waiting, after a kill -9. */
import { join } from "node:path";
import { atMost, type Suite } from "../suite.ts";
import { makeBacklog } from "../world/backlog.ts";
import { startServer } from "../world/server.ts";

const BACKLOG = 200_000;

export const restart: Suite = {
  name: "restart",
  goals: { ms: atMost(1_500) },

  async prepare({ quick, folder }) {
    const dataDir = join(folder, "restart");
    await makeBacklog(dataDir, quick ? 1_000 : BACKLOG);

    return {
      async round() {
        const startedAt = performance.now();
        const server = await startServer(dataDir);
        const ready = await fetch(`${server.httpUrl}/readyz`);
        const ms = performance.now() - startedAt;
        await server.stop("SIGKILL");
        if (!ready.ok) throw new Error(`the server is up and answers ${ready.status}`);
        return { ms };
      },
      async close() {},
    };
  },
};

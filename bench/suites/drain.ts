/** How fast one lane empties into one session that acks at once: a commit for each event, one event under way at a time. */
import { join } from "node:path";
import { atLeast, type Suite } from "../suite.ts";
import { AckingClient } from "../world/acking-client.ts";
import { makeBacklog } from "../world/backlog.ts";
import { cpuSeconds } from "../world/process-cost.ts";
import { startServer } from "../world/server.ts";

const A_ROUND = 3_000;
/** A server that has been at work: its code is compiled, and the log of its store has the size that it keeps. */
const WARM = 9_000;
/** In each round before it is counted, for what the machine took from the server while others had theirs. */
const WARM_AGAIN = 1_000;
const ROUNDS = 20;

export const drain: Suite = {
  name: "drain",
  goals: { perSecond: atLeast(1_500) },

  async prepare({ quick, folder }) {
    const dataDir = join(folder, "drain");
    const [warm, again, aRound] = quick ? [10, 1, 10] : [WARM, WARM_AGAIN, A_ROUND];
    await makeBacklog(dataDir, warm + ROUNDS * (again + aRound));
    const server = await startServer(dataDir);
    const client = await AckingClient.connect(server, "drain");
    await client.drain(warm);

    return {
      async round() {
        await client.drain(again);
        const [startedAt, cpuBefore] = [performance.now(), cpuSeconds(server.pid)];
        const drained = await client.drain(aRound);
        const seconds = (performance.now() - startedAt) / 1000;
        if (drained < aRound) throw new Error(`the lane of the drain is empty after ${ROUNDS} rounds`);
        const cpu = cpuSeconds(server.pid) - cpuBefore;
        return { perSecond: drained / seconds, serverCpuUs: (cpu / drained) * 1_000_000 };
      },
      async close() {
        client.close();
        await server.stop();
      },
    };
  },
};

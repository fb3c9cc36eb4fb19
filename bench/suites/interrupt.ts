/** From a webhook's POST, of a source whose events interrupt, until the tool calls of a session at work are denied for it. */
import { join } from "node:path";
import { percentile } from "../median.ts";
import { atMost, type Suite } from "../suite.ts";
import { WorkingSession } from "../world/working-session.ts";

const INTERRUPTS = 50;
const WARM = 20;

export const interrupt: Suite = {
  name: "interrupt",
  goals: { armedP99Ms: atMost(50) },

  async prepare({ quick, folder }) {
    const session = await WorkingSession.open(join(folder, "interrupt"), quick);
    const measure = async (times: number) => {
      const all = new Float64Array(quick ? 2 : times);
      for (let i = 0; i < all.length; i++) all[i] = await session.deniedMs();
      return all.sort();
    };
    await measure(WARM);
    return {
      async round() {
        const all = await measure(INTERRUPTS);
        return { armedP50Ms: percentile(all, 0.5), armedP99Ms: percentile(all, 0.99) };
      },
      close: () => session.close(),
    };
  },
};

/** From a webhook's POST until an idle session runs its prompt hooks for it: by the channel, and by the waiter. */
import { join } from "node:path";
import { percentile } from "../median.ts";
import { atMost, type Suite } from "../suite.ts";
import { StandInSession } from "../world/stand-in-session.ts";

const BY_CHANNEL = 50;
const BY_WAKE = 10;
const WARM = 30;

export const latency: Suite = {
  name: "latency",
  goals: { channelP50Ms: atMost(3), channelP99Ms: atMost(15) },

  async prepare({ quick, folder }) {
    const channel = await StandInSession.open(join(folder, "latency-channel"), "channel", quick);
    const wake = await StandInSession.open(join(folder, "latency-wake"), "wake", quick);
    const measure = async (session: StandInSession, times: number) => {
      const all = new Float64Array(quick ? 2 : times);
      for (let i = 0; i < all.length; i++) all[i] = await session.arrivalMs();
      return all.sort();
    };
    await measure(channel, WARM);
    await measure(wake, 2);

    return {
      async round() {
        const byChannel = await measure(channel, BY_CHANNEL);
        const byWake = await measure(wake, BY_WAKE);
        return {
          channelP50Ms: percentile(byChannel, 0.5),
          channelP99Ms: percentile(byChannel, 0.99),
          wakeP50Ms: percentile(byWake, 0.5),
        };
      },
      async close() {
        await channel.close();
        await wake.close();
      },
    };
  },
};

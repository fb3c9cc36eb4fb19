/**
 * A worker that lives as long as the server, and asks it again and again to do its duty: when the server has said, and at least
 * with each beat, because a wall clock may be set. It knows nothing itself: what is due stands in the store, so nothing is lost
 * with it, and it may be ended at any moment.
 *
 * Bree ends its workers with the message `cancel`, and waits until they have left (`schedule.ts`).
 */
import { parentPort } from "node:worker_threads";
import { type NextTime, TIME } from "./duty.ts";

export function keepAsking({ beatMs }: { beatMs: number }): void {
  const server = parentPort;
  if (server === null) throw new Error("a worker without a server");
  let timer: NodeJS.Timeout | undefined;

  const askIn = (ms: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      server.postMessage(TIME);
      // Should the answer not come, it is asked again.
      askIn(beatMs);
    }, ms);
  };

  server.on("message", (message: "cancel" | NextTime) => {
    if (message !== "cancel") return askIn(Math.min(message.inMs ?? beatMs, beatMs));
    clearTimeout(timer);
    server.close();
  });
  askIn(0);
}

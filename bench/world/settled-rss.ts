/** A server's memory, once it grows no more. */
import { setTimeout as wait } from "node:timers/promises";
import type { BenchServer } from "./server.ts";

export async function settledRss(server: BenchServer): Promise<number> {
  let before = Number.NEGATIVE_INFINITY;
  for (;;) {
    const rss = server.rssBytes();
    if (rss <= before) return rss;
    before = rss;
    await wait(500);
  }
}

/** The load's process: takes orders from its parent, one after the other. */
import { setTimeout as wait } from "node:timers/promises";
import { percentile } from "../median.ts";
import { Connection } from "./connection.ts";
import { forgedRequest } from "./forged.ts";
import type { LoadAnswer, LoadOrder, LoadResult } from "./order.ts";
import { SignedRequest } from "./request.ts";

/** The connections are there before it is counted, and what the machine took from the server while others had their rounds is back. */
const WARM_MS = 2_000;

async function load({ url: text, sent, connections, bodyBytes, ms }: LoadOrder): Promise<LoadResult> {
  const url = new URL(text);
  const latencies: number[] = [];
  let counting = false;
  const all = Array.from({ length: connections }, (_, number) => {
    const request =
      "forged" in sent
        ? forgedRequest(url, sent.forged)
        : new SignedRequest(url, sent.secret, bodyBytes, `bench-${number}`);
    return new Connection(url, request, (latency) => {
      if (counting) latencies.push(latency);
    });
  });
  const failed = Promise.race(all.map((connection) => connection.failed));
  const span = async (spanMs: number) => void (await Promise.race([wait(spanMs), failed]));
  await span(Math.min(WARM_MS, ms));
  counting = true;
  const startedAt = performance.now();
  await span(ms);
  counting = false;
  const seconds = (performance.now() - startedAt) / 1000;
  await Promise.all(all.map((connection) => connection.end()));
  const sorted = Float64Array.from(latencies).sort();
  return {
    requests: sorted.length,
    perSecond: sorted.length / seconds,
    p50Ms: percentile(sorted, 0.5),
    p99Ms: percentile(sorted, 0.99),
    maxMs: sorted.at(-1) ?? Number.NaN,
  };
}

process.on("message", async (order: LoadOrder) => {
  const answer: LoadAnswer = await load(order).then(
    (result) => ({ kind: "done" as const, result }),
    (error: unknown) => ({ kind: "failed", reason: error instanceof Error ? error.message : String(error) }),
  );
  process.send?.(answer);
});
// Not to outlive the bench.
process.on("disconnect", () => process.exit());

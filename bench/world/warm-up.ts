/** A server that has been at work for a while: webhooks one after the other, each acked at once by a session that waits for it. */
import { setTimeout as wait } from "node:timers/promises";
import { Connection } from "../load/connection.ts";
import { SignedRequest } from "../load/request.ts";
import { AckingClient } from "./acking-client.ts";
import type { BenchServer, BenchSource } from "./server.ts";

const MS = 4_000;
const BODY_BYTES = 2_048;

/** For the last of them to be acked. */
const REST_MS = 300;

/** The source's lane is the untagged one, which is left empty. */
export async function warmUp(server: BenchServer, { url, secret }: BenchSource): Promise<void> {
  const client = await AckingClient.connect(server, "warm-up");
  let working = true;
  const work = async () => {
    while (working) await client.drain();
  };
  void work();
  const address = new URL(url);
  const sender = new Connection(address, new SignedRequest(address, secret, BODY_BYTES, "warm-up"), () => {});
  await Promise.race([wait(MS), sender.failed]);
  await sender.end();
  await wait(REST_MS);
  working = false;
  client.close();
}

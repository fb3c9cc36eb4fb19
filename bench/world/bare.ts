/** The bare handler's process. */
import { fork } from "node:child_process";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { ended, heard } from "./child.ts";
import type { BenchSource } from "./server.ts";

const PROGRAM = join(import.meta.dirname, "../bare/main.ts");

export interface Bare {
  source: BenchSource;
  close(): Promise<void>;
}

export async function startBare(secret: string): Promise<Bare> {
  const child = fork(PROGRAM, { env: { ...process.env, NODE_ENV: "production", BARE_SECRET: secret } });
  const { port } = await heard<AddressInfo>(child);
  return {
    source: { url: `http://127.0.0.1:${port}/webhook/p_bare/ingest`, secret },
    close: () => ended(child),
  };
}

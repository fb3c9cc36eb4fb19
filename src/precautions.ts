/** What the server looks at before it makes anything, and what it says when it is pressed. */
import type { Settings } from "./config/settings.ts";
import type { Clock } from "./domain/ports/clock.ts";
import { exposureOf } from "./edges/private-file.ts";
import { readTlsPair, type TlsPair } from "./edges/tls-pair.ts";
import type { Log } from "./services/log.ts";

/** Null: without TLS. Throws for a pair that can't be what its owner meant. */
export async function tlsOf({ tlsCert, tlsKey }: Settings, clock: Clock): Promise<TlsPair | null> {
  if (tlsCert === null || tlsKey === null) return null;
  return readTlsPair({ cert: tlsCert, key: tlsKey }, clock.now());
}

/** What it holds is private by itself, but who may write here could put other files in their place. */
export async function warnOfOpenFolder(dataDir: string, log: Log): Promise<void> {
  const exposure = await exposureOf(dataDir);
  if (exposure.kind !== "readable" && exposure.kind !== "writable") return;
  const { kind, mode } = exposure;
  log.warn({ dataDir, mode }, `the data folder is ${kind} by others; run: chmod 700 ${dataDir}`);
}

const FULL_MS = 60_000;

/** Told of each connection that has to go; a flood must not fill the log as well. */
export function fullHouse(door: string, { clock, log }: { clock: Clock; log: Log }): () => void {
  let toldAt = Number.NEGATIVE_INFINITY;
  return () => {
    const now = clock.monotonic();
    if (now - toldAt < FULL_MS) return;
    toldAt = now;
    log.warn({ door }, "too many connections; those that say nothing are sent away first");
  };
}

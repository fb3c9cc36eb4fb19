/** What the server looks at before it makes anything, and what it says when it is pressed. */
import type { Settings } from "./config/settings.ts";
import type { Account } from "./domain/account.ts";
import type { Clock } from "./domain/ports/clock.ts";
import { exposureOf } from "./edges/private-file.ts";
import { readTlsPair, type TlsPair } from "./edges/tls-pair.ts";
import type { Log } from "./services/log.ts";
import type { Sources } from "./services/sources.ts";

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

const MOST_NAMED = 20;

/** A key that is lost is replaced by a new one, which opens nothing of what there was: said now, and not by each refused webhook. */
export async function warnOfLostKeys(
  { sources, account }: { sources: Sources; account: Account },
  log: Log,
): Promise<void> {
  const locked = (await sources.list(account)).filter((source) => sources.unreadable(source) > 0);
  if (locked.length === 0) return;
  log.warn(
    { sources: locked.slice(0, MOST_NAMED).map(({ id }) => id) },
    `secrets of ${locked.length} ${locked.length === 1 ? "source" : "sources"} can't be opened, so webhooks that need them are not accepted; ` +
      "start with the keys.json or SIGNALBOX_KEY of before, or make the source again with the same slug: it gets a new secret",
  );
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

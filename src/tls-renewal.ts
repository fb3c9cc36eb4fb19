/**
 * Certificates are renewed while the server runs: the files are looked at once in a while, and a new pair is shown to
 * whoever connects from then on. A pair that is no good (half written, perhaps) is told of once; the old one stays.
 */
import { reasonOf, SignalboxError } from "./domain/errors.ts";
import type { Clock, Timer } from "./domain/ports/clock.ts";
import { readTlsPair, type TlsPair } from "./edges/tls-pair.ts";
import type { Log } from "./services/log.ts";

const LOOK_MS = 30_000;

export interface TlsRenewal {
  stop(): void;
}

export function renewTls(
  first: TlsPair,
  { clock, log, renew }: { clock: Clock; log: Log; renew: (pair: TlsPair) => Promise<void> },
): TlsRenewal {
  let shown = first;
  let told = "";
  let stopped = false;
  let timer: Timer;

  const look = async () => {
    try {
      const found = await readTlsPair(shown.files, clock.now());
      if (stopped || (found.cert === shown.cert && found.key === shown.key)) return;
      await renew(found);
      shown = found;
      told = "";
      log.info({ until: new Date(found.expiresAt).toISOString() }, "the certificate was renewed");
    } catch (error) {
      const line = error instanceof SignalboxError ? error.line : reasonOf(error);
      if (line !== told) log.warn({}, `the certificate was not renewed: ${line}`);
      told = line;
    }
  };
  const lookLater = () => {
    timer = clock.setTimer(LOOK_MS, () => {
      void look().finally(() => {
        if (!stopped) lookLater();
      });
    });
  };
  lookLater();
  return {
    stop() {
      stopped = true;
      timer.cancel();
    },
  };
}

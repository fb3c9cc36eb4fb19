/**
 * A source whose secrets can't be opened verifies nobody, and nobody is told why who has not been verified: its sender hears
 * that it is not now, the log which source it is and what to do, at most once a minute for each.
 */
import { SignalboxError } from "../domain/errors.ts";
import type { Clock } from "../domain/ports/clock.ts";
import type { Log } from "../services/log.ts";
import type { OpenSource } from "../services/sources.ts";

const TOLD_AGAIN_MS = 60_000;

/** Gives a source's secrets; throws what its sender may hear. */
export function secretsOf({ clock, log }: { clock: Clock; log: Log }) {
  /** Sources are their owner's, and so no stranger makes this grow. */
  const toldAt = new Map<string, number>();
  return ({ source, secrets }: OpenSource): readonly string[] => {
    try {
      return secrets();
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
      const now = clock.monotonic();
      if (now - (toldAt.get(source.id) ?? Number.NEGATIVE_INFINITY) >= TOLD_AGAIN_MS) {
        toldAt.set(source.id, now);
        log.warn(
          { account: source.account, source: source.id, slug: source.slug, code: error.code },
          `webhook not accepted: ${error.line}`,
        );
      }
      throw new SignalboxError(
        "unavailable",
        "not_verifiable",
        "webhooks to this address can't be verified now; nothing was accepted",
        "Send it again later; the server's log and `npm run doctor` tell its owner what is missing",
        error,
      );
    }
  };
}

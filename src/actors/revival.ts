/**
 * What a server does with what it finds in its store: spans are moved by the time it was down, before it takes a link, and
 * every session is away with a full grace from then on (promises 5, 7). Nothing that is held times out before that.
 */
import { sessionState } from "../domain/session.ts";
import type { Told } from "./address.ts";
import type { Host, HostParts } from "./host.ts";
import { spansMoved } from "./spans.ts";

export interface Revived {
  /** How many sessions and events were found in hand. */
  found: { sessions: number; inHand: number };
  /**
   * Resolves when it is stored that they are away, and rejects where it can't be. Links are taken meanwhile: a grace runs from
   * when they are, however slow the disk; who comes waits behind this.
   */
  stored: Promise<void>;
}

export async function revive(host: Host, parts: HostParts): Promise<Revived> {
  const { store, clock } = parts;
  const aliveAt = await store.aliveAt();
  // Negative where the wall clock was set back meanwhile: what was left of a span then is left of it now.
  const downMs = aliveAt === null ? 0 : clock.now() - aliveAt;
  const moved = await spansMoved(store, downMs);
  if (moved.length > 0) await store.commit(moved);

  const claims = await store.claims();
  const sessions = await store.sessions(null);
  const told: Told[] = [
    ...claims.map(
      (record): Told => ({
        to: { kind: "event", account: record.facts.account, id: record.facts.id },
        message: { type: "away" },
      }),
    ),
    ...sessions
      .filter((record) => sessionState(record) !== "gone")
      .map(
        (record): Told => ({
          to: { kind: "session", account: record.account, id: record.id },
          message: { type: "lost" },
        }),
      ),
  ];
  const stored = host.ask(...told).then(() => {});
  return { found: { sessions: sessions.length, inHand: claims.length }, stored };
}

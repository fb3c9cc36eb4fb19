/**
 * What a server does with what it finds in its store, before it takes a link: spans are moved by the time it was down,
 * and every session is away with a full grace (promises 5, 7). Nothing that is held times out before that.
 */
import { sessionState } from "../domain/session.ts";
import type { Told } from "./address.ts";
import { moveSpans } from "./alarm.ts";
import type { Host, HostParts } from "./host.ts";

/** Returns how many sessions and events were found in hand. */
export async function revive(host: Host, parts: HostParts): Promise<{ sessions: number; inHand: number }> {
  const { store, clock } = parts;
  const aliveAt = await store.aliveAt();
  const downMs = aliveAt === null ? 0 : Math.max(0, clock.now() - aliveAt);
  if (downMs > 0) await moveSpans(parts, downMs);

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
  await host.ask(...told);
  return { sessions: sessions.length, inHand: claims.length };
}

/**
 * Promise 7: what is in hand has a deadline that holds: an event stays neither with a session that is gone, nor with one
 * that is silent, nor with any for longer than the longest hold, whatever the server's clock and life do meanwhile.
 */
import { type EventFacts, eventState } from "../../../src/domain/event.ts";
import { silenceOf } from "../own-deadlines.ts";
import { Broken, type MakeInvariant } from "./invariant.ts";

const LOOKS_EVERY_MS = 5_000;
/** For ticks, commits, and drift. */
const SLACK_MS = 30_000;

export const deadlines: MakeInvariant = (world) => {
  const { disk, uptime, time, limits } = world;
  const { sessions } = world;
  /** Healthy time since which an event is in this hand and this outer state. */
  const since = new Map<string, { key: string; at: number }>();
  let lookedAt = 0;

  function longestSilence(facts: EventFacts, delivered: boolean, hooks: boolean, tool: boolean): number {
    if (!delivered) return limits.surfaceMs + limits.toolMs + limits.takeMs + SLACK_MS;
    const { timeoutMs, blindTimeoutMs } = silenceOf(facts, limits);
    return (hooks ? timeoutMs : blindTimeoutMs) + (tool ? limits.toolMs : 0) + SLACK_MS;
  }

  function look(): void {
    for (const { seen } of disk.rows.events.values()) {
      const { claim, again } = seen.actor.context;
      const { id, account } = seen.facts;
      if (claim === null) {
        since.delete(id);
        continue;
      }
      const state = eventState(seen) === "delivered" ? "delivered" : "dispatching";
      const key = `${state} ${claim.delivery} ${claim.epoch} ${again}`;
      const before = since.get(id);
      if (before?.key !== key) since.set(id, { key, at: uptime.ms });
      const heldMs = uptime.ms - (since.get(id)?.at ?? uptime.ms);
      const session = sessions.of(account, claim.session);
      if (session === undefined) continue;
      const goneMs = session.wire === null ? uptime.ms - session.since : 0;
      if (goneMs > limits.graceMs + SLACK_MS)
        throw new Broken(
          7,
          `${id} is still in the hands of ${claim.session}, which is gone for ${Math.round(goneMs)} ms`,
        );
      const silentMs =
        session.wire === null ? 0 : uptime.ms - Math.max(session.heardAt, session.extendedUntil);
      if (
        Math.min(silentMs, heldMs) >
        longestSilence(seen.facts, state === "delivered", claim.hooks, session.tool)
      )
        throw new Broken(
          7,
          `${id} is ${state} to ${claim.session}, which is silent for ${Math.round(silentMs)} ms`,
        );
      if (state === "delivered" && heldMs > limits.holdMs + SLACK_MS + limits.graceMs)
        throw new Broken(7, `${id} is held by ${claim.session} for ${Math.round(heldMs)} ms`);
    }
  }

  return {
    promise: 7,
    title: "deadlines are durable",
    sees() {},
    stepped() {
      if (time.now - lookedAt < LOOKS_EVERY_MS) return;
      lookedAt = time.now;
      look();
    },
  };
};

/**
 * Promise 7 of the times that sources name, which the server's wall clock tells: nothing is handed over before its time, nor after
 * it; what has expired in nobody's hands ends, and nothing is taken out of anybody's hands for it.
 */
import { CLIENT } from "../../../src/clawback/seats.ts";
import { type EventRecord, eventState } from "../../../src/domain/event.ts";
import { isExpiry } from "../../../src/domain/machines/actor-state.ts";
import type { Happening } from "../happening.ts";
import { Broken, type MakeInvariant } from "./invariant.ts";

/** For ticks, reads and commits. */
const SLACK_MS = 30_000;

export const ownTimes: MakeInvariant = (world) => {
  const { disk, server, time, uptime } = world;
  /** Events that wait for their time, until a clock has shown it. */
  const early = new Map<string, number>();
  /** Since when the clock has shown that it is over, by simulated and by healthy time. */
  const over = new Map<string, { at: number; healthy: number }>();
  let lookedAt = Number.NEGATIVE_INFINITY;

  const wall = () => time.now + server.wall.offset;
  const expiresAt = (id: string) => disk.rows.events.get(id)?.seen.facts.details?.expiresAt;

  function look(): void {
    for (const [id, dueAt] of early) if (dueAt <= wall()) early.delete(id);
    if (time.now - lookedAt < 1_000) return;
    lookedAt = time.now;
    for (const [id, { seen, keys }] of disk.rows.events) {
      const until = expiresAt(id);
      if (until === undefined) continue;
      if (until > wall()) over.delete(id);
      else if (!over.has(id)) over.set(id, { at: time.now, healthy: uptime.ms });
      const since = over.get(id);
      const waits = ["scheduled", "queued", "interrupted", "returned"].includes(keys.state);
      if (!waits || seen.actor.context.claim !== null) continue;
      if (since !== undefined && uptime.ms - since.healthy > SLACK_MS)
        throw new Broken(7, `${id} has expired, and is still ${keys.state}`);
    }
  }

  /** Nobody has it, or who has it loses it in this very moment: it comes back and ends at once. */
  function mayGoBack({ facts, actor }: EventRecord): boolean {
    const { claim } = actor.context;
    const goesBack = actor.timers.some((timer) => !isExpiry(timer) && timer.dueAt <= wall() + SLACK_MS);
    if (claim === null || goesBack) return true;
    const { lane, client } =
      disk.rows.sessions.get(`${facts.account} ${claim.session}`)?.seen.actor.context ?? {};
    // Clawback's plugin says itself that it goes, or waits no longer.
    return lane !== facts.lane || client === CLIENT;
  }

  function written({ before, after }: Extract<Happening, { kind: "event" }>): void {
    const { id } = after.facts;
    const [from, to] = [before === null ? "new" : eventState(before), eventState(after)];
    if (before === null && to === "scheduled") {
      const retry = after.actor.timers.find((timer) => !isExpiry(timer));
      if (retry?.runs !== "wall") throw new Broken(7, `${id} does not wait by the wall clock`);
      early.set(id, retry.dueAt);
    }
    if (to === "queued" && (early.get(id) ?? 0) > wall())
      throw new Broken(7, `${id} is in its lane before its time`);
    if (to === "lapsed" && from !== "lapsed") {
      if (before !== null && !mayGoBack(before))
        throw new Broken(7, `${id} was taken out of hands as expired`);
      if (expiresAt(id) === undefined) throw new Broken(4, `${id} has lapsed, and it was never to expire`);
      world.count("lapsed");
    }
    const handedOver = after.actor.context.delivery > (before?.actor.context.delivery ?? 0);
    const since = over.get(id);
    if (handedOver && since !== undefined && time.now - since.at > SLACK_MS)
      throw new Broken(7, `${id} was handed over long after it had expired`);
  }

  return {
    promise: 7,
    title: "times that were named are kept",
    sees(happening) {
      if (happening.kind === "event") written(happening);
    },
    stepped: look,
  };
};

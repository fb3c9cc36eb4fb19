/**
 * Promise 3, interrupts: an interrupt stops something only to take its place, never another interrupt; what it stops is kept
 * for its session; and it does not wait while there is something to be stopped.
 */
import { type EventRecord, eventState } from "../../../src/domain/event.ts";
import type { Write } from "../../../src/domain/ports/store.ts";
import { CLAIMABLE } from "../disk/event-rows.ts";
import { isFor } from "../is-for.ts";
import { Broken, type MakeInvariant } from "./invariant.ts";

/** For a look and a commit, also of a disk that is slow. */
const SLACK_MS = 5_000;

export const interrupts: MakeInvariant = (world) => {
  const { disk, uptime } = world;
  const { sessions } = world;
  /** Interrupts that wait. */
  const waiting = new Set<string>();
  /** Healthy time since which an interrupt waits although this event could be stopped for it. */
  const since = new Map<string, number>();

  function asked(writes: readonly Write[]): void {
    for (const write of writes) {
      if (write.kind !== "event" || eventState(write.record) !== "interrupted") continue;
      const { record } = write;
      const before = disk.rows.events.get(record.facts.id)?.seen;
      const holder = before?.actor.context.claim?.session;
      if (before === undefined || holder === undefined) continue;
      if (record.facts.priority === "interrupt")
        throw new Broken(3, `${record.facts.id}, an interrupt, is interrupted`);
      if (record.actor.context.keptFor !== holder)
        throw new Broken(3, `${record.facts.id} is taken from ${holder}, and not kept for it`);
      const takes = writes.some(
        (other) =>
          (other.kind === "event" || other.kind === "append") &&
          other.record.facts.priority === "interrupt" &&
          other.record.actor.context.claim?.session === holder,
      );
      if (!takes) throw new Broken(3, `${record.facts.id} is interrupted, and nothing takes its place`);
    }
  }

  /** It runs in a session that has said that an interrupt would come in, and has heard of it on the stream that it has. */
  function canStop(running: EventRecord, interrupt: EventRecord): boolean {
    const { claim } = running.actor.context;
    if (claim === null || running.facts.priority === "interrupt") return false;
    const { account, lane } = running.facts;
    if (account !== interrupt.facts.account || lane !== interrupt.facts.lane) return false;
    // A pause holds interrupts, too.
    if (disk.rows.lanes.get(`${account} ${lane}`)?.paused != null) return false;
    if (eventState(running) !== "delivered" || claim.graceUntil !== null) return false;
    const seen = sessions.of(account, claim.session);
    const session = disk.rows.sessions.get(`${account} ${claim.session}`);
    if (interrupt.facts.origin === "message" && session?.seen.actor.context.messaging !== true) return false;
    const state = session?.keys.state;
    return (
      seen?.wire != null &&
      seen.interruptible &&
      state === "online" &&
      isFor(world, [], interrupt, claim.session)
    );
  }

  function look(): void {
    const running = disk.rows.events.held;
    const found = new Set<string>();
    for (const id of waiting) {
      const interrupt = disk.rows.events.get(id)?.seen;
      if (interrupt === undefined) continue;
      for (const { seen } of running) {
        if (!canStop(seen, interrupt)) continue;
        const { delivery, claim } = seen.actor.context;
        const key = `${id} ${seen.facts.id} ${delivery} ${claim?.epoch}`;
        found.add(key);
        const at = since.get(key) ?? uptime.ms;
        since.set(key, at);
        if (uptime.ms - at > SLACK_MS)
          throw new Broken(3, `${id}, an interrupt, waits, and nothing stops ${seen.facts.id}`);
      }
    }
    for (const key of since.keys()) if (!found.has(key)) since.delete(key);
  }

  return {
    promise: 3,
    title: "interrupts",
    sees(happening) {
      if (happening.kind === "asked") return asked(happening.writes);
      if (happening.kind === "event" && happening.after.facts.priority === "interrupt") {
        const { id } = happening.after.facts;
        if (CLAIMABLE.includes(eventState(happening.after))) waiting.add(id);
        else waiting.delete(id);
      }
    },
    stepped() {
      if (waiting.size > 0 || since.size > 0) look();
    },
  };
};

/** Whom an event that waits is for: anybody, unless it is kept for a session that is there. */
import { type EventRecord, keptFor } from "../../src/domain/event.ts";
import type { Write } from "../../src/domain/ports/store.ts";
import { isThere } from "../../src/domain/session.ts";
import { headsOf } from "./disk/lanes.ts";
import type { World } from "./world.ts";

/** As the disk says, and what is written together with it. */
export function isFor(
  { disk }: World,
  writes: readonly Write[],
  event: EventRecord,
  session: string,
): boolean {
  const owner = keptFor(event);
  if (owner === null || owner === session) return true;
  const { account, lane } = event.facts;
  const written = writes.findLast(
    (write) => write.kind === "session" && write.record.id === owner && write.record.account === account,
  );
  const record =
    written?.kind === "session" ? written.record : disk.rows.sessions.get(`${account} ${owner}`)?.seen;
  if (record === undefined || !isThere(record, lane)) return true;
  return event.facts.origin === "message" && !record.actor.context.messaging;
}

/**
 * It is kept for somebody else, and something stands before it there. Others may have it once that session takes no messages any more,
 * but are given only the first of what is kept for it.
 */
export function isBehindOthers({ disk }: World, event: EventRecord, session: string): boolean {
  const owner = keptFor(event);
  if (owner === null || owner === session) return false;
  const heads = headsOf(disk.rows, event.facts, 1);
  return !heads.some(({ seen }) => seen.facts.id === event.facts.id);
}

/** It is for the session, or was kept for so long that it may be let go, and go, in one commit. */
export function mayBeFor(
  world: World,
  writes: readonly Write[],
  event: EventRecord,
  session: string,
): boolean {
  const now = world.time.now + world.server.wall.offset;
  const isOver = event.actor.timers.some(({ id, dueAt }) => id.includes(".keep.") && dueAt <= now);
  return isOver || isFor(world, writes, event, session);
}

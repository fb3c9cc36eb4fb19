/** Whom an event that waits is for: anybody, unless it is kept for a session that is there. */
import { type EventRecord, keptFor } from "../../src/domain/event.ts";
import type { Write } from "../../src/domain/ports/store.ts";
import { isThere } from "../../src/domain/session.ts";
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

/** The same, or it was kept for so long that it may be let go, and go, in one commit. */
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

/**
 * Promise 3, whoever is free is served: an event does not wait while a session of its lane that may have it would take it now; nor
 * an interrupt while a turn runs there into which it would come. Of what is kept for another session (a message to one that takes none
 * any more) only the first may be had by others.
 */
import type { EventRecord } from "../../../src/domain/event.ts";
import { sessionState } from "../../../src/domain/session.ts";
import { isBehindOthers, isFor } from "../is-for.ts";
import type { SessionSeen } from "../sessions-seen.ts";
import { Broken, type MakeInvariant } from "./invariant.ts";

/** For a look, and a commit that may lose and be tried again, on a disk that is well. */
const SOON_MS = 1_000;
/** What a slow disk was asked for is done by then, and a host that waited for a failing one has looked again. */
const PARDON_MS = 5_000;

interface Waiting {
  event: string;
  session: string;
  since: number;
}

export const served: MakeInvariant = (world) => {
  const { disk, time } = world;
  const { sessions } = world;
  /** Events that wait although this session might have them, and since when. */
  let waiting = new Map<string, Waiting>();
  let trouble = 0;
  /** All that was looked at last: of the disk, and of what sessions have said. Time alone makes nobody wait who did not. */
  let seenOfDisk = -1;
  let sessionsChanged = true;

  /** Attached, trusted, empty-handed, and of a lane that goes on: its lane. */
  function laneOf(key: string, seen: SessionSeen): { account: string; lane: string; session: string } | null {
    if (seen.wire === null || !(seen.ready || (seen.interruptible && seen.busy))) return null;
    const record = disk.rows.sessions.get(key)?.seen;
    if (record === undefined || sessionState(record) !== "online") return null;
    const { account, id: session } = record;
    const { lane } = record.actor.context;
    const isPaused = disk.rows.lanes.get(`${account} ${lane}`)?.paused != null;
    return isPaused || disk.rows.events.heldBy(account, session) !== undefined
      ? null
      : { account, lane, session };
  }

  function mayHave(event: EventRecord, session: string, { ready }: SessionSeen): boolean {
    const { account, origin, priority } = event.facts;
    if (!ready && priority !== "interrupt") return false;
    const { messaging } = disk.rows.sessions.get(`${account} ${session}`)?.seen.actor.context ?? {};
    return (origin !== "message" || messaging === true) && isFor(world, [], event, session);
  }

  function look(): void {
    if (sessionsChanged || seenOfDisk !== disk.rows.changes) waiting = whoWaits();
    sessionsChanged = false;
    seenOfDisk = disk.rows.changes;
    for (const { event, session, since } of waiting.values()) {
      if (time.now - Math.max(since, trouble + PARDON_MS) > SOON_MS)
        throw new Broken(3, `${event} waits, and ${session}, which may have it, is free`);
    }
  }

  function whoWaits(): Map<string, Waiting> {
    const found = new Map<string, Waiting>();
    for (const [key, seen] of disk.rows.events.idle ? [] : sessions.all) {
      const place = laneOf(key, seen);
      if (place === null) continue;
      const { account, lane, session } = place;
      for (const { seen: event } of disk.rows.events.claimable(account, lane)) {
        if (!mayHave(event, session, seen) || isBehindOthers(world, event, session)) continue;
        const pair = `${event.facts.id} ${event.rev} ${key} ${seen.wire?.epoch}`;
        const since = waiting.get(pair)?.since ?? time.now;
        found.set(pair, { event: event.facts.id, session, since });
      }
    }
    return found;
  }

  return {
    promise: 3,
    title: "whoever is free is served",
    sees({ kind }) {
      sessionsChanged ||= kind === "said" || kind === "heard" || kind === "lost" || kind === "server";
    },
    stepped() {
      if (!disk.well || world.server.up === null) trouble = time.now;
      else look();
    },
  };
};

/**
 * Promise 7, of what is kept: by the wall clock, nothing is removed before its time, nor what has not ended; and a delivery is
 * known for as long as it was said to be, whatever becomes of its event (promises 4, 6). At the end, what is old is gone.
 */
import { ENDED, type EventRecord, endedAt, eventState } from "../../../src/domain/event.ts";
import { Broken, type MakeInvariant } from "./invariant.ts";

/** A clock that is set between the server's look at it and the removal: both of its times count. */
const LOOKS_BACK_MS = 5_000;

export const retention: MakeInvariant = (world) => {
  const { disk, server, time, keeping } = world;
  let offsets: { at: number; offset: number }[] = [{ at: 0, offset: server.wall.offset }];

  function look(): void {
    const { offset } = server.wall;
    if (offsets.at(-1)?.offset !== offset) offsets.push({ at: time.now, offset });
    if (offsets.length === 1) return;
    // Of those that were over before, none counts any more.
    const over = offsets.findLastIndex((_, i) => {
      const until = offsets[i + 1]?.at ?? Number.POSITIVE_INFINITY;
      return until < time.now - LOOKS_BACK_MS;
    });
    if (over >= 0) offsets = offsets.slice(over + 1);
  }

  const latest = () => time.now + Math.max(server.wall.offset, ...offsets.map(({ offset }) => offset));

  function mustBeOld(record: EventRecord, what: "removed" | "emptied"): void {
    const { id, deliveryId, receivedAt } = record.facts;
    const at = endedAt(record);
    if (at === null || !ENDED.includes(eventState(record)))
      throw new Broken(4, `${id} is ${eventState(record)}, and was ${what}`);
    const keptMs = latest() - at;
    if (keptMs < keeping.retentionMs)
      throw new Broken(7, `${id} was ${what} after only ${Math.round(keptMs)} ms`);
    const reserves = deliveryId !== null && eventState(record) !== "dropped";
    if (what === "removed" && reserves && latest() - receivedAt < keeping.dedupMs)
      throw new Broken(6, `${id} was removed, and its delivery must still be known`);
  }

  return {
    promise: 7,
    title: "what has ended is kept for its time",
    sees(happening) {
      if (happening.kind === "kept") mustBeOld(happening.before, happening.what);
    },
    stepped: look,
    atEnd() {
      const now = time.now + server.wall.offset;
      for (const { seen, keys, content } of disk.rows.events.values()) {
        if (keys.endedAt === null || now - keys.endedAt < keeping.retentionMs + OVERDUE_MS) continue;
        if (content !== null) throw new Broken(7, `${seen.facts.id} ended long ago, and is still kept`);
      }
    },
  };
};

/** For the steps of a pass or two, when all is well again. */
const OVERDUE_MS = 45_000;

/** The writes of an event. Each is atomic, and refused without a trace if somebody else was first. */
import type { DatabaseSync } from "node:sqlite";
import type { EventContent, EventKeys, EventRecord } from "../../domain/event.ts";
import { BANDS } from "../../domain/order.ts";
import type { WriteResult } from "../../domain/ports/store.ts";
import { eventKeys } from "../keys.ts";
import { COLUMNS, valuesOf } from "./event-columns.ts";
import type { ExpectedContent } from "./expected-content.ts";
import type { knownDeliveries } from "./known.ts";
import type { RecentRecords } from "./recent-records.ts";
import { knownOf } from "./rows.ts";
import { isUniqueViolation } from "./sqlite-errors.ts";
import type { superseding } from "./superseding.ts";
import type { turnLanes } from "./turns.ts";

export function eventWrites(
  db: DatabaseSync,
  recent: RecentRecords<EventRecord>,
  expected: ExpectedContent,
  places: ReturnType<typeof superseding>,
  deliveries: ReturnType<typeof knownDeliveries>,
  turns: ReturnType<typeof turnLanes>,
) {
  const insert = db.prepare(`
    INSERT INTO events (${COLUMNS.join(", ")}) VALUES (${COLUMNS.map(() => "?").join(", ")})
    ON CONFLICT DO NOTHING`);
  const insertContent = db.prepare(
    "INSERT INTO contents (seq, prompt, content_type, payload, marker) VALUES (?, ?, ?, ?, ?)",
  );
  const byId = db.prepare("SELECT id, state FROM events WHERE id = ? AND account = ?");
  const update = db.prepare(`
    UPDATE events
    SET state = ?, band = ?, claimed_by = ?, kept_for = ?, due_at = ?, ended_at = ?, actor = ?, rev = rev + 1
    WHERE seq = ? AND id = ? AND account = ? AND rev = ?`);
  const giveTurn = db.prepare("UPDATE events SET turn = ? WHERE seq = ? AND turn IS NULL");

  /** Promise 6: a known delivery, or a second try of the same append, is answered with the event that is there. */
  function known({ facts }: EventRecord, keys: EventKeys): WriteResult {
    const row = byId.get(facts.id, facts.account);
    if (row !== undefined) return { kind: "duplicate", ...knownOf(row) };
    const found =
      keys.state === "dropped" ? null : deliveries(facts.account, facts.sourceId, facts.deliveryId);
    return found === null ? { kind: "conflict" } : { kind: "duplicate", ...found };
  }

  return {
    append(record: EventRecord, content: EventContent): WriteResult {
      const keys = eventKeys(record);
      const { changes, lastInsertRowid } = insert.run(...valuesOf(record, keys, turns.of(record)));
      if (changes === 0) return known(record, keys);
      if (keys.state !== "dropped") {
        const { prompt, contentType, payload, marker } = content;
        insertContent.run(lastInsertRowid, prompt, contentType, payload, marker);
        if (keys.claimedBy !== null) expected.written(record.facts.id, content);
      }
      recent.written({ ...record, seq: Number(lastInsertRowid), rev: record.rev + 1 });
      return { kind: "stored" };
    },

    /** In the place of the older, or not at all. */
    supersede(newer: EventRecord, content: EventContent, older: EventRecord): WriteResult {
      // First of all: the row that it takes over may be the one that knows its delivery.
      const refused = known(newer, eventKeys(newer));
      if (refused.kind === "duplicate") return refused;
      const written = places.supersede(newer, content, older);
      if (written === null) {
        recent.lost(older.facts.id);
        return refused;
      }
      for (const record of written) recent.written(record);
      return { kind: "stored" };
    },

    /** Facts never change: only the actor is written, and the keys that follow from it. */
    replace(record: EventRecord): WriteResult {
      const { facts, seq, actor, rev } = record;
      const { state, band, claimedBy, keptFor, dueAt, endedAt } = eventKeys(record);
      try {
        const { changes } = update.run(
          state,
          BANDS.indexOf(band),
          claimedBy,
          keptFor,
          dueAt,
          endedAt,
          JSON.stringify(actor),
          seq,
          facts.id,
          facts.account,
          rev,
        );
        if (changes === 0) {
          recent.lost(facts.id);
          return { kind: "conflict" };
        }
        const turn = turns.of(record);
        if (turn !== null) giveTurn.run(turn, seq);
        recent.written({ ...record, rev: rev + 1 });
        return { kind: "stored" };
      } catch (error) {
        // The session has another event in hand (promise 2). SQLite has undone this statement and nothing else.
        if (!isUniqueViolation(error)) throw error;
        recent.lost(facts.id);
        return { kind: "conflict" };
      }
    },
  };
}

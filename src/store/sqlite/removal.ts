/** What is no longer kept. Only what has ended, or is gone, leaves the file, whoever asks for it. */
import type { DatabaseSync } from "node:sqlite";
import type { EventRecord } from "../../domain/event.ts";
import type { WriteResult } from "../../domain/ports/store.ts";
import type { SessionRecord } from "../../domain/session.ts";
import type { ExpectedContent } from "./expected-content.ts";
import type { RecentRecords } from "./recent-records.ts";
import { sessionKey } from "./sessions.ts";

export function removal(
  db: DatabaseSync,
  recent: { events: RecentRecords<EventRecord>; sessions: RecentRecords<SessionRecord> },
  expected: ExpectedContent,
) {
  // Its content goes with it (`ON DELETE CASCADE`).
  const event = db.prepare(
    "DELETE FROM events WHERE seq = ? AND id = ? AND account = ? AND rev = ? AND ended_at IS NOT NULL",
  );
  const session = db.prepare(
    "DELETE FROM sessions WHERE account = ? AND id = ? AND rev = ? AND gone_at IS NOT NULL",
  );
  const content = db.prepare("DELETE FROM contents WHERE seq = ?");

  return {
    remove(record: EventRecord | SessionRecord): WriteResult {
      const { changes } =
        record.kind === "event"
          ? event.run(record.seq, record.facts.id, record.facts.account, record.rev)
          : session.run(record.account, record.id, record.rev);
      if (record.kind === "event") {
        recent.events.forget(record.facts.id);
        expected.forget(record.facts.id);
      } else recent.sessions.forget(sessionKey(record));
      return { kind: changes === 0 ? "conflict" : "stored" };
    },

    /** After its record was replaced. */
    empty(record: EventRecord): void {
      content.run(record.seq);
      expected.forget(record.facts.id);
    },
  };
}

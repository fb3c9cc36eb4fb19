/**
 * Stored timers of events and sessions together (promise 7). Those of what is in hand are looked through, which is no more than
 * there are sessions: an index of them would be a page more in the commit of every ack.
 */
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import type { EventRecord } from "../../domain/event.ts";
import { nextDue } from "../../domain/machines/actor-state.ts";
import type { SessionRecord } from "../../domain/session.ts";
import { checked, eventOf, sessionOf } from "./rows.ts";
import { rowsOf } from "./rows-of.ts";
import type { SetAside } from "./set-aside.ts";

/** Each condition stands word for word in its index. */
const OF_HANDS = "events INDEXED BY events_claim WHERE claimed_by IS NOT NULL";
const OF_OTHERS = "events INDEXED BY events_due WHERE claimed_by IS NULL";
const OF_SESSIONS = "sessions WHERE true";

const DueRow = z.object({ due_at: z.number() });

export function timers(db: DatabaseSync, aside: SetAside) {
  const dueOf = (these: string) => db.prepare(`SELECT * FROM ${these} AND due_at <= ? ORDER BY due_at`);
  const dueEvents = [dueOf(OF_HANDS), dueOf(OF_OTHERS)];
  const dueSessions = dueOf(OF_SESSIONS);
  const nextTimers = [OF_HANDS, OF_OTHERS, OF_SESSIONS].map((these) =>
    db.prepare(`SELECT account, id, due_at FROM ${these} AND due_at IS NOT NULL ORDER BY due_at`),
  );

  return {
    due(until: number, limit: number): (EventRecord | SessionRecord)[] {
      const found = [
        ...dueEvents.flatMap((statement) => aside.readable(rowsOf(statement, until), eventOf, limit)),
        ...aside.readable(rowsOf(dueSessions, until), sessionOf, limit),
      ];
      const dueAt = (record: EventRecord | SessionRecord) => nextDue(record.actor.timers) ?? until;
      return found.sort((a, b) => dueAt(a) - dueAt(b)).slice(0, limit);
    },

    /** Without those that `due` could not read: their time has come and would stay. */
    nextDue(): number | null {
      const moments: number[] = [];
      for (const statement of nextTimers) {
        for (const row of statement.iterate()) {
          if (aside.has(row)) continue;
          moments.push(checked("timer", DueRow, row).due_at);
          break;
        }
      }
      return moments.length === 0 ? null : Math.min(...moments);
    },
  };
}

/** Stored timers of events and sessions together (promise 7). */
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import type { EventRecord } from "../../domain/event.ts";
import { nextDue } from "../../domain/machines/actor-state.ts";
import type { SessionRecord } from "../../domain/session.ts";
import { checked, eventOf, sessionOf } from "./rows.ts";
import { rowsOf } from "./rows-of.ts";
import type { SetAside } from "./set-aside.ts";

const DUE_EVENTS = "SELECT * FROM events WHERE due_at <= ? ORDER BY due_at";
const DUE_SESSIONS = "SELECT * FROM sessions WHERE due_at <= ? ORDER BY due_at";
const NEXT_EVENT = "SELECT account, id, due_at FROM events WHERE due_at IS NOT NULL ORDER BY due_at";
const NEXT_SESSION = "SELECT account, id, due_at FROM sessions WHERE due_at IS NOT NULL ORDER BY due_at";

const DueRow = z.object({ due_at: z.number() });

export function timers(db: DatabaseSync, aside: SetAside) {
  const dueEvents = db.prepare(DUE_EVENTS);
  const dueSessions = db.prepare(DUE_SESSIONS);
  const nextTimers = [db.prepare(NEXT_EVENT), db.prepare(NEXT_SESSION)];

  return {
    due(until: number, limit: number): (EventRecord | SessionRecord)[] {
      const found = [
        ...aside.readable(rowsOf(dueEvents, until), eventOf, limit),
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

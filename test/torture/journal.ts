/**
 * The store's own word on what was committed, and in which order: triggers write every arrival and every change of state
 * or of hands into a table of the same file, in the same transaction. What was rolled back has left nothing there; what
 * was committed twice stands there twice. What was committed together has the number of its transaction in common.
 */
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { EventDetails } from "../../src/domain/event-details.ts";
import { openDatabase } from "../../src/store/sqlite/open.ts";

const ROW = `VALUES (new.id, new.lane, new.band, new.seq, %before, new.state, new.claimed_by, new.kept_for,
  json_extract(new.actor, '$.context.delivery'), new.turn,
  (SELECT number FROM torture_transaction),
  json_extract(new.actor, '$.context.supersededBy'), json_extract(new.details, '$.replayOf'), new.details)`;
const COLUMNS =
  "id, lane, band, seq, before, after, holder, keptFor, delivery, turn, within, supersededBy, replayOf, details";
const INTO = `INSERT INTO torture_journal (${COLUMNS})`;

/** Whose place another takes moves to a row of its own, and that one's row becomes the other's. */
const MOVED = `CASE WHEN new.state = 'superseded'
  THEN (SELECT after FROM torture_journal WHERE id = new.id ORDER BY n DESC LIMIT 1) ELSE '' END`;

export function keepJournal(db: DatabaseSync): void {
  db.exec(`
    CREATE TABLE IF NOT EXISTS torture_journal (
      n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT, lane TEXT, band INTEGER, seq INTEGER, before TEXT, after TEXT,
      holder TEXT, keptFor TEXT, delivery INTEGER, turn TEXT, within INTEGER,
      supersededBy TEXT, replayOf TEXT, details TEXT
    );
    CREATE INDEX IF NOT EXISTS torture_journal_id ON torture_journal (id);
    CREATE INDEX IF NOT EXISTS torture_journal_after ON torture_journal (after);
    CREATE INDEX IF NOT EXISTS torture_journal_replay ON torture_journal (replayOf) WHERE replayOf IS NOT NULL;
    CREATE TABLE IF NOT EXISTS torture_transaction (number INTEGER);
    INSERT INTO torture_transaction SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM torture_transaction);
    CREATE TRIGGER IF NOT EXISTS torture_arrival AFTER INSERT ON events BEGIN
      ${INTO} ${ROW.replace("%before", MOVED)};
    END;
    CREATE TRIGGER IF NOT EXISTS torture_change AFTER UPDATE ON events
      WHEN old.id <> new.id OR old.state <> new.state OR old.claimed_by IS NOT new.claimed_by
    BEGIN
      ${INTO} ${ROW.replace("%before", "CASE WHEN old.id <> new.id THEN '' ELSE old.state END")};
    END;
    CREATE TRIGGER IF NOT EXISTS torture_removal AFTER DELETE ON events BEGIN
      ${INTO} ${ROW.replaceAll("new.", "old.").replace("%before", "old.state").replace("old.state, old.claimed_by", "'removed', NULL")};
    END`);
  const exec = db.exec.bind(db);
  db.exec = (sql) => {
    exec(sql);
    if (sql === "BEGIN IMMEDIATE") exec("UPDATE torture_transaction SET number = number + 1");
  };
}

const Change = z.object({
  /** In the order of the commits. */
  n: z.number(),
  id: z.string(),
  lane: z.string(),
  band: z.number(),
  seq: z.number(),
  /** Empty: it arrived. */
  before: z.string(),
  after: z.string(),
  holder: z.string().nullable(),
  /** The session that it is kept for, while that is there. */
  keptFor: z.string().nullable(),
  delivery: z.number(),
  /** Under which it waits for its turn; null: its lane knows none. */
  turn: z.string().nullable(),
  /** The transaction's number: what it has written became true at one moment. */
  within: z.number(),
  supersededBy: z.string().nullable(),
  details: z
    .string()
    .nullable()
    .transform((text) => (text === null ? null : EventDetails.parse(JSON.parse(text)))),
});
export type Change = z.infer<typeof Change>;

/** Opened as the next server would open it, and looked through; `damage`: what SQLite finds wrong with the file. */
export function readStore(path: string): { journal: Change[]; damage: string[] } {
  const db = openDatabase({ path });
  try {
    const checks = [
      ...db.prepare("PRAGMA integrity_check").all(),
      ...db.prepare("PRAGMA foreign_key_check").all(),
    ].map((row) => JSON.stringify(row));
    return {
      journal: z.array(Change).parse(db.prepare("SELECT * FROM torture_journal ORDER BY n").all()),
      damage: checks
        .filter((check) => check !== '{"integrity_check":"ok"}')
        .map((check) => `damaged: ${check}`),
    };
  } finally {
    db.close();
  }
}

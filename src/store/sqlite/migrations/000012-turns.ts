/**
 * Lanes in which sources take turns. The name under which an event waits for its turn is NULL in all others, which are in no index
 * of it. `sorted`: every event that waited in the lane has its name.
 */
export const turns = {
  version: 12,
  sql: `
    ALTER TABLE lanes ADD COLUMN policy TEXT NOT NULL DEFAULT 'fifo';
    ALTER TABLE lanes ADD COLUMN sorted INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE events ADD COLUMN turn TEXT;
    CREATE INDEX events_turns ON events (account, lane, kept_for, band, turn, seq)
      WHERE turn IS NOT NULL AND state IN ('queued', 'interrupted', 'returned');`,
} as const;

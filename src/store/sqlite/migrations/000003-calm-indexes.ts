/**
 * Indexes that a transition does not touch. What is in hand leaves the index by state: it is found by its claim, is little, and
 * stays for a moment. And SQLite writes an entry anew whenever a column of its index's condition is written: whether an event
 * was dropped, which is settled at its birth, is a column of its own.
 */
export const calmIndexes = {
  version: 3,
  sql: `
    DROP INDEX events_state;
    CREATE INDEX events_state ON events (account, state, seq, lane) WHERE state NOT IN ('dispatching', 'delivered');

    ALTER TABLE events ADD COLUMN dropped INTEGER NOT NULL DEFAULT 0;
    UPDATE events SET dropped = 1 WHERE state = 'dropped';
    DROP INDEX events_delivery;
    CREATE UNIQUE INDEX events_delivery ON events (account, ifnull(source_id, ''), delivery_id)
      WHERE delivery_id IS NOT NULL AND dropped = 0;
    DROP INDEX events_dropped;
    CREATE INDEX events_dropped ON events (source_id) WHERE dropped = 1;`,
} as const;

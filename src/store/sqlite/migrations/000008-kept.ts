/**
 * Events that are kept for a session stand in an index of their own, by session: whoever is not meant passes over any number
 * of them at no cost, and a lane that has none pays nothing.
 */
export const kept = {
  version: 8,
  sql: `
    ALTER TABLE events ADD COLUMN kept_for TEXT;
    DROP INDEX events_order;
    CREATE INDEX events_order ON events (account, lane, band, seq)
      WHERE state IN ('queued', 'interrupted', 'returned') AND kept_for IS NULL;
    CREATE INDEX events_kept ON events (account, lane, kept_for, band, seq)
      WHERE state IN ('queued', 'interrupted', 'returned') AND kept_for IS NOT NULL;`,
} as const;

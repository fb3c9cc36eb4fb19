/** What coalesces is found by its key while it waits. NULL for all others, which are in no index of it. */
export const coalescing = {
  version: 5,
  sql: `
    ALTER TABLE events ADD COLUMN coalesce_key TEXT;
    CREATE INDEX events_coalesce ON events (account, lane, coalesce_key)
      WHERE coalesce_key IS NOT NULL AND state IN ('queued', 'scheduled');`,
} as const;

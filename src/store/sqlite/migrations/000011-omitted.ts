/**
 * How much of the payloads of a source its routes have left out; what was left out is kept nowhere else. And the event that
 * whoever made a source had in hand.
 */
export const omitted = {
  version: 11,
  sql: `
    CREATE TABLE omitted (
      source_id TEXT PRIMARY KEY,
      bytes INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    ALTER TABLE sources ADD COLUMN cause TEXT;`,
} as const;

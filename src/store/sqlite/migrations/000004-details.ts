/** What only some events and sources have: JSON, and NULL for all others, which it costs a byte. */
export const details = {
  version: 4,
  sql: `
    ALTER TABLE events ADD COLUMN details TEXT;
    ALTER TABLE sources ADD COLUMN options TEXT;`,
} as const;

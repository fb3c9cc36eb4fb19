/** When a source was first heard of by its provider. Of those of which there are events it is not known; they were, though. */
export const heard = {
  version: 14,
  sql: `
    ALTER TABLE sources ADD COLUMN heard_at REAL;
    UPDATE sources SET heard_at = created_at WHERE id IN (SELECT DISTINCT source_id FROM events);`,
} as const;

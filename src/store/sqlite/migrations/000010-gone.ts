/** Since when a session is gone: retention removes it some time after that. NULL while it may come back to what it had. */
export const gone = {
  version: 10,
  sql: `
    ALTER TABLE sessions ADD COLUMN gone_at REAL;
    UPDATE sessions SET gone_at =
        ifnull(CASE WHEN json_valid(actor) THEN json_extract(actor, '$.context.connectedAt') END, 0)
      WHERE state = 'gone';
    CREATE INDEX sessions_gone ON sessions (gone_at) WHERE gone_at IS NOT NULL;`,
} as const;

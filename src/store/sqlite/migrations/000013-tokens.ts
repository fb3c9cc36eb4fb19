/** An account's tokens are listed; one that was rotated says whose place it takes, until it is first used. */
export const tokens = {
  version: 13,
  sql: `
    ALTER TABLE tokens ADD COLUMN replaces TEXT;
    CREATE INDEX tokens_account ON tokens (account);`,
} as const;

/** Accounts of people who sign in, and the codes by which they get their tokens. */
export const signIn = {
  version: 15,
  sql: `
    ALTER TABLE accounts ADD COLUMN identity TEXT;
    CREATE UNIQUE INDEX accounts_identity ON accounts (identity) WHERE identity IS NOT NULL;
    CREATE TABLE sign_in_codes (
      hash TEXT PRIMARY KEY,
      account TEXT NOT NULL,
      label TEXT NOT NULL,
      created_at REAL NOT NULL,
      expires_at REAL NOT NULL
    ) WITHOUT ROWID;`,
} as const;

/** Crons. What is due is read off an index, so that a hundred thousand that are not cost nothing (promise 8). */
export const crons = {
  version: 7,
  sql: `
    CREATE TABLE crons (
      id TEXT NOT NULL UNIQUE,
      account TEXT NOT NULL,
      label TEXT,
      prompt TEXT NOT NULL,
      lane TEXT NOT NULL,
      priority TEXT NOT NULL,
      options TEXT,
      created_at REAL NOT NULL,
      state TEXT NOT NULL,
      next_at REAL,
      reckoned_at REAL NOT NULL,
      rev INTEGER NOT NULL,
      actor TEXT NOT NULL
    ) STRICT;
    CREATE INDEX crons_account ON crons (account, id);
    CREATE INDEX crons_due ON crons (next_at) WHERE next_at IS NOT NULL;
    CREATE INDEX crons_reckoned ON crons (reckoned_at) WHERE state = 'active';`,
} as const;

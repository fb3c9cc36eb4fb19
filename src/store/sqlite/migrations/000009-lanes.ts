/** What is said of a lane; most have no row. What is delayed is counted with what waits, where a lane has a greatest depth. */
export const lanes = {
  version: 9,
  sql: `
    CREATE TABLE lanes (
      account TEXT NOT NULL,
      lane TEXT NOT NULL,
      paused_at REAL,
      paused_by TEXT,
      pause_reason TEXT,
      max_depth INTEGER,
      PRIMARY KEY (account, lane)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX events_scheduled ON events (account, lane) WHERE state = 'scheduled';`,
} as const;

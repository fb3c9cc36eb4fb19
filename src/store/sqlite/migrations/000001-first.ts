/**
 * The first schema. Facts of an event never change and are columns; its actor is one JSON text; the columns between
 * them are keys, derived by `store/keys.ts`. Moments are Unix milliseconds, REAL because a timer's may have a fraction.
 */
export const first = {
  version: 1,
  sql: `
    -- AUTOINCREMENT: a seq is never given twice, not even after the newest event was removed (promise 3).
    CREATE TABLE events (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE,
      account TEXT NOT NULL,
      lane TEXT NOT NULL,
      origin TEXT NOT NULL,
      priority TEXT NOT NULL,
      "from" TEXT NOT NULL,
      source_id TEXT,
      type TEXT NOT NULL,
      verified_by TEXT,
      delivery_id TEXT,
      received_at REAL NOT NULL,
      bytes INTEGER NOT NULL,
      state TEXT NOT NULL,
      band INTEGER NOT NULL,
      claimed_by TEXT,
      due_at REAL,
      rev INTEGER NOT NULL,
      actor TEXT NOT NULL
    ) STRICT;

    -- Promise 6. To a unique index every NULL differs from every other: events without a source count as of one.
    CREATE UNIQUE INDEX events_delivery ON events (account, ifnull(source_id, ''), delivery_id)
      WHERE delivery_id IS NOT NULL AND state <> 'dropped';
    -- Promise 2.
    CREATE UNIQUE INDEX events_claim ON events (account, claimed_by) WHERE claimed_by IS NOT NULL;
    -- Promise 3. Used only by queries that repeat this very condition.
    CREATE INDEX events_order ON events (account, lane, band, seq)
      WHERE state IN ('queued', 'interrupted', 'returned');
    CREATE INDEX events_due ON events (due_at) WHERE due_at IS NOT NULL;
    CREATE INDEX events_state ON events (account, state, seq);
    CREATE INDEX events_lane_state ON events (account, lane, state, seq);
    CREATE INDEX events_dropped ON events (source_id) WHERE state = 'dropped';

    -- Beside the events, so that a transition neither reads nor rewrites a payload.
    CREATE TABLE contents (
      seq INTEGER PRIMARY KEY REFERENCES events (seq) ON DELETE CASCADE,
      prompt TEXT,
      content_type TEXT NOT NULL,
      payload TEXT NOT NULL,
      marker TEXT NOT NULL
    ) STRICT;

    CREATE TABLE sessions (
      account TEXT NOT NULL,
      id TEXT NOT NULL,
      state TEXT NOT NULL,
      due_at REAL,
      rev INTEGER NOT NULL,
      actor TEXT NOT NULL,
      PRIMARY KEY (account, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX sessions_present ON sessions (account) WHERE state <> 'gone';
    CREATE INDEX sessions_due ON sessions (due_at) WHERE due_at IS NOT NULL;

    CREATE TABLE sources (
      id TEXT PRIMARY KEY,
      account TEXT NOT NULL,
      slug TEXT NOT NULL,
      scheme TEXT NOT NULL,
      secrets TEXT NOT NULL,
      event_type TEXT,
      routes TEXT,
      skill TEXT,
      lane TEXT NOT NULL,
      priority TEXT NOT NULL,
      created_at REAL NOT NULL,
      UNIQUE (account, slug)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE accounts (
      id TEXT PRIMARY KEY,
      profile_id TEXT NOT NULL UNIQUE,
      label TEXT NOT NULL,
      created_at REAL NOT NULL
    ) STRICT, WITHOUT ROWID;

    -- Promise 10: a token's hash, never the token.
    CREATE TABLE tokens (
      id TEXT PRIMARY KEY,
      account TEXT NOT NULL,
      label TEXT NOT NULL,
      hash TEXT NOT NULL UNIQUE,
      role TEXT NOT NULL,
      tags TEXT,
      created_at REAL NOT NULL,
      last_seen_at REAL
    ) STRICT, WITHOUT ROWID;

    -- One row, about the server itself.
    CREATE TABLE server (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      alive_at REAL
    ) STRICT;
    INSERT INTO server (one, alive_at) VALUES (1, NULL);
  `,
} as const;

/**
 * What has ended is found by when it ended: history reads it newest first, retention oldest first. The moment stands in the index by
 * state and not in one of its own, which would be a page more in the commit of every ack: there the last that was acked stands
 * beside the first that waits.
 */
export const ended = {
  version: 6,
  sql: `
    ALTER TABLE events ADD COLUMN ended_at REAL;
    UPDATE events SET ended_at =
        ifnull(CASE WHEN json_valid(actor) THEN json_extract(actor, '$.context.settledAt') END, received_at)
      WHERE state IN ('acked', 'dead', 'cancelled', 'superseded', 'lapsed', 'dropped');
    DROP INDEX events_state;
    CREATE INDEX events_state ON events (account, state, ended_at, seq, lane, "from")
      WHERE state NOT IN ('dispatching', 'delivered');`,
} as const;

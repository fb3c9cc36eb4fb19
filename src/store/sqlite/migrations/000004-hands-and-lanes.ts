/**
 * Two pages less in the commit of an ack with the next claim. The deadlines of what is in hand are found by its claims, and what
 * waits is listed by its lanes: neither is kept in an index of its own.
 */
export const handsAndLanes = {
  version: 4,
  sql: `
    DROP INDEX events_due;
    CREATE INDEX events_due ON events (due_at) WHERE due_at IS NOT NULL AND claimed_by IS NULL;

    DROP INDEX events_state;
    CREATE INDEX events_state ON events (account, state, seq, lane)
      WHERE state NOT IN ('dispatching', 'delivered', 'queued', 'interrupted', 'returned');`,
} as const;

/**
 * One index by state instead of two. Each index that holds the state is a page more in the commit of every ack and every claim;
 * the lane stands in this one, so that a listing of one lane passes over the events of others without reading them.
 */
export const fewerIndexes = {
  version: 2,
  sql: `
    DROP INDEX events_lane_state;
    DROP INDEX events_state;
    CREATE INDEX events_state ON events (account, state, seq, lane);`,
};

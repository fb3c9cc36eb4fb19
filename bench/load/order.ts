/** What the load's process is asked, and what it answers. */
export interface LoadOrder {
  url: string;
  /** Of scheme github. */
  secret: string;
  connections: number;
  bodyBytes: number;
  ms: number;
}

export interface LoadResult {
  /** Requests answered with 202. */
  requests: number;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
}

export type LoadAnswer = { kind: "done"; result: LoadResult } | { kind: "failed"; reason: string };

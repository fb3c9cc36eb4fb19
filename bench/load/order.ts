/** What the load's process is asked, and what it answers. */
import type { SchemeName } from "../../src/domain/source.ts";

export interface LoadOrder {
  url: string;
  /** GitHub's webhooks under this secret; or what is sent in the name of a scheme's provider by somebody else, and refused. */
  sent: { secret: string } | { forged: SchemeName };
  connections: number;
  bodyBytes: number;
  ms: number;
}

export interface LoadResult {
  /** Answered with 202, or, of what is forged, with 401. */
  requests: number;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
}

export type LoadAnswer = { kind: "done"; result: LoadResult } | { kind: "failed"; reason: string };

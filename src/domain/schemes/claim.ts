/** What a request's headers claim: these signatures, over this text and the body, made at this time. */
import { type Key, keyOf } from "./hmac.ts";
import { mismatch, stale } from "./refusals.ts";
import type { Verification } from "./scheme.ts";

/** A provider signs with each of its active secrets, which are few; more is somebody's way to waste our time. */
export const MOST_SIGNATURES = 16;

export interface Claim {
  signatures: readonly Buffer[];
  /** Signed before the body. */
  before: string;
  /** Unix seconds in the digits that were signed; undefined: the provider tells no time. */
  timestamp?: string;
}

/** Digits alone: what else `Number` understands was signed by nobody. */
export const isTimestamp = (text: string | undefined): text is string => /^\d{1,12}$/.test(text ?? "");

export interface Judge {
  provider: string;
  /** Where the signature stands. */
  header: string;
  toleranceSeconds?: number;
  keys: readonly (Key | undefined)[];
  body: Uint8Array;
}

/** `claim`: undefined where the headers are malformed. */
export function judged(claim: Claim | undefined, judge: Judge, nowMs: number): Verification {
  const { provider, header, toleranceSeconds = 0, keys, body } = judge;
  const secret = claim && keyOf(claim.signatures, keys, [claim.before, body]);
  if (claim === undefined || secret === undefined) return mismatch(header, provider);
  if (claim.timestamp !== undefined) {
    const offSeconds = Math.abs(nowMs / 1000 - Number(claim.timestamp));
    if (offSeconds > toleranceSeconds) return stale(`the time in ${header}`, offSeconds, toleranceSeconds);
  }
  return { kind: "verified", secret };
}

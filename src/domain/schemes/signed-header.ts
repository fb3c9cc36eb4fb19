/** The way most providers sign: HMAC-SHA256 of the body, or of a time and the body, in a header. */
import { header as headerOf } from "../payload.ts";
import { type Claim, isTimestamp, judged, MOST_SIGNATURES } from "./claim.ts";
import { digestIn, type Encoding, hmac } from "./hmac.ts";
import { missing } from "./refusals.ts";
import type { Scheme } from "./scheme.ts";

export interface SignedHeader {
  provider: string;
  /** Its name as the provider writes it. */
  header: string;
  encoding?: Encoding;
  /** Stands before each signature. */
  prefix?: string;
  /** Stands between several, as while the provider rotates its secret. */
  separator?: string;
  time?: {
    /** Unix seconds. */
    header: string;
    toleranceSeconds: number;
    /** What is signed before the body. */
    before(timestamp: string): string;
  };
}

export function signedHeader(way: SignedHeader): Pick<Scheme, "verify" | "sign"> {
  const { provider, header, encoding = "hex", prefix = "", separator, time } = way;

  function claimIn(text: string, timestamp: string | undefined): Claim | undefined {
    const fields = separator === undefined ? [text] : text.split(separator, MOST_SIGNATURES);
    const signatures = fields
      .map((field) => field.trim())
      .filter((field) => field.startsWith(prefix))
      .map((field) => digestIn(field.slice(prefix.length), encoding))
      .filter((digest) => digest !== undefined);
    if (time === undefined) return { signatures, before: "" };
    return isTimestamp(timestamp) ? { signatures, before: time.before(timestamp), timestamp } : undefined;
  }

  return {
    verify({ headers, body }, { secrets: keys }, nowMs) {
      const text = headerOf(headers, header);
      if (text === undefined) return missing(header, provider);
      const claim = claimIn(text, time && headerOf(headers, time.header));
      const toleranceSeconds = time?.toleranceSeconds ?? 0;
      return judged(claim, { provider, header, toleranceSeconds, keys, body }, nowMs);
    },

    sign({ body }, secret, nowMs) {
      const timestamp = String(Math.floor(nowMs / 1000));
      const signature = hmac(secret, [time?.before(timestamp) ?? "", body]).toString(encoding);
      return {
        [header.toLowerCase()]: prefix + signature,
        ...(time && { [time.header.toLowerCase()]: timestamp }),
      };
    },
  };
}

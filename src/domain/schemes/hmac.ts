/** HMAC-SHA256 and comparison in constant time: the arithmetic that the schemes share. */
import { createHmac, timingSafeEqual } from "node:crypto";

export function hmacHex(secret: string, ...parts: readonly (string | Uint8Array)[]): string {
  const hmac = createHmac("sha256", secret);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
}

const HEX_DIGEST = /^[0-9a-fA-F]{64}$/;

/** A SHA-256 digest in hex, without the prefix if it has one; undefined if the text is anything else. */
export function digestIn(text: string, prefix: string): string | undefined {
  const hex = text.startsWith(prefix) ? text.slice(prefix.length) : text;
  return HEX_DIGEST.test(hex) ? hex : undefined;
}

/**
 * Whether any given digest is that of the parts under any secret. All pairs are compared, each in constant time: the time
 * taken does not tell which secret came near.
 */
export function matchesAny(
  digests: readonly string[],
  secrets: readonly string[],
  ...parts: readonly (string | Uint8Array)[]
): boolean {
  const given = digests.map((digest) => Buffer.from(digest, "hex"));
  let matches = false;
  for (const secret of secrets) {
    const expected = Buffer.from(hmacHex(secret, ...parts), "hex");
    for (const digest of given) {
      // Lengths are no secret: SHA-256 has 32 bytes.
      if (digest.length === expected.length && timingSafeEqual(digest, expected)) matches = true;
    }
  }
  return matches;
}

/** HMAC and comparison in constant time: the arithmetic that the schemes share. */
import { createHmac, timingSafeEqual } from "node:crypto";

export type Algorithm = "sha256" | "sha1";
export type Encoding = "hex" | "base64";
export type Key = string | Uint8Array;
export type Parts = readonly (string | Uint8Array)[];

const BYTES: Readonly<Record<Algorithm, number>> = { sha256: 32, sha1: 20 };

export function hmac(key: Key, parts: Parts, algorithm: Algorithm = "sha256"): Buffer {
  const made = createHmac(algorithm, key);
  for (const part of parts) made.update(part);
  return made.digest();
}

export const hmacHex = (key: Key, ...parts: Parts): string => hmac(key, parts).toString("hex");

/** The bytes of a digest as it was sent, hex in letters of either case; undefined if the text is anything else. */
export function digestIn(
  text: string,
  encoding: Encoding = "hex",
  algorithm: Algorithm = "sha256",
): Buffer | undefined {
  const digest = Buffer.from(text, encoding);
  // Node reads over what it does not understand: only what is written the same again was a digest and nothing else.
  const same = encoding === "hex" ? text.toLowerCase() : text;
  return digest.length === BYTES[algorithm] && digest.toString(encoding) === same ? digest : undefined;
}

/**
 * Which key made any of the digests; undefined: none did. All pairs are compared, each in constant time: the time taken does not
 * tell which key came near. A key that is undefined is of another kind and makes none.
 */
export function keyOf(
  digests: readonly Buffer[],
  keys: readonly (Key | undefined)[],
  parts: Parts,
  algorithm: Algorithm = "sha256",
): number | undefined {
  let found: number | undefined;
  for (const [at, key] of keys.entries()) {
    if (key === undefined) continue;
    const expected = hmac(key, parts, algorithm);
    for (const digest of digests) {
      // Lengths are no secret: a digest has as many bytes as its algorithm gives.
      if (digest.length === expected.length && timingSafeEqual(digest, expected)) found ??= at;
    }
  }
  return found;
}

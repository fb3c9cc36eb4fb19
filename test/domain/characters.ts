/**
 * Any character but half a surrogate pair, as fast-check's own unit "binary" gives them. That one learns its million characters one
 * by one, which takes a second and a hundred megabytes of each process that only loads it.
 */
import fc from "fast-check";

const SURROGATES = { from: 0xd800, count: 0x800 };
const LAST = 0x10ffff;

export const character: fc.Arbitrary<string> = fc
  .integer({ min: 0, max: LAST - SURROGATES.count })
  .map((place) => String.fromCodePoint(place < SURROGATES.from ? place : place + SURROGATES.count), placeOf);

/** As fast-check asks, so that it finds strings that are known to be dangerous among those that can be made of these. */
function placeOf(text: unknown): number {
  const code = typeof text === "string" ? (text.codePointAt(0) ?? -1) : -1;
  const isOne = code >= 0 && text === String.fromCodePoint(code) && !isSurrogate(code);
  if (!isOne) throw new Error("not one character");
  return code < SURROGATES.from ? code : code - SURROGATES.count;
}

const isSurrogate = (code: number): boolean =>
  code >= SURROGATES.from && code < SURROGATES.from + SURROGATES.count;

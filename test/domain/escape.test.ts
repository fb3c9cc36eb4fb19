/** Outside text as it is shown (promise 12). */
import fc from "fast-check";
import { expect, test } from "vitest";
import { shown } from "../../src/domain/reading/escape.ts";
import { drawMarker } from "../../src/domain/reading/marker.ts";
import { seededRandom } from "../world/seeded-random.ts";
import { anyJson, anyText, HOSTILE, UNSEEN } from "./hostile.ts";

const runs = { numRuns: 500 };
const unseen = (text: string) => UNSEEN.exec(text.replace(/[\n\t]/g, ""))?.[0];

test("no text can open or close a tag, hide anything or turn the terminal", () => {
  fc.assert(
    fc.property(anyText, fc.constantFrom("text/plain", "application/json", "text/html"), (text, type) => {
      const safe = shown(text, type);
      expect(safe).not.toMatch(/<[\p{L}/!]/u);
      expect(unseen(safe)).toBeUndefined();
    }),
    runs,
  );
});

test("JSON stays the same JSON and has no angle bracket", () => {
  fc.assert(
    fc.property(anyJson, (text) => {
      const safe = shown(text, "application/json");
      expect(JSON.parse(safe)).toEqual(JSON.parse(text));
      expect(safe).not.toContain("<");
      expect(unseen(safe)).toBeUndefined();
    }),
    runs,
  );
});

test("raw characters that JSON allows but nobody sees are escaped where they stand, also behind backslashes", () => {
  for (const inside of ["\u202e", "\\\\\u202e", '\\"\u2028', "\u{e0041}", "\u007f", "\ufeff", "\\\\<b>"]) {
    const text = `{"a":"${inside}"}`;
    const safe = shown(text, "application/json");
    expect(JSON.parse(safe), inside).toEqual(JSON.parse(text));
    expect(unseen(safe)).toBeUndefined();
  }
  expect(shown('{"a":\r\n1,\r"b":2}', "application/json")).toBe('{"a":\n1,\n"b":2}');
});

test("a harmless text is shown as it is, in every script", () => {
  for (const text of [
    "a < b && c > d, 1<2",
    "Zażółć gęślą jaźń\n\tпривет, 世界, שלום",
    "emoji \u{1f600}",
    "tab\tand\nline",
  ]) {
    expect(shown(text, "text/plain")).toBe(text);
  }
});

test("escapes are readable", () => {
  expect(shown("<b>\u202e\u001b[0m\u{e0041}\ud800</b>\r\nx", "text/plain")).toBe(
    "&lt;b>\\u202e\\u001b[0m\\udb40\\udc41\\ud800&lt;/b>\nx",
  );
  expect(shown('{"a":"<b>"}', "application/json")).toBe('{"a":"\\u003cb>"}');
});

test("what claims to be JSON and is not is escaped as text", () => {
  expect(shown("{<b>", "application/json")).toBe("{&lt;b>");
});

test("a marker is not in the payload, nor in what is shown of it, even if its writer guessed the draw", () => {
  fc.assert(
    fc.property(anyText, fc.integer(), fc.nat(8), (text, seed, guesses) => {
      const first = Number.parseInt(drawMarker(seededRandom(seed), ""), 16);
      const guessed = Array.from({ length: guesses }, (_, i) =>
        ((first + i) % 2 ** 32).toString(16).padStart(8, "0"),
      );
      const payload = text + guessed.join(" ").toUpperCase();
      const marker = drawMarker(seededRandom(seed), payload);
      expect(marker).toMatch(/^[0-9a-f]{8}$/);
      for (const shownAs of [payload, shown(payload, "text/plain"), shown(payload, "application/json")]) {
        expect(shownAs.toLowerCase()).not.toContain(marker);
      }
    }),
  );
  // An escape and the text behind it could make up a marker that the payload does not have.
  const joined = `\u202e${"abcd"}`;
  const random = { fraction: () => 0, bytes: () => Uint8Array.of(0x20, 0x2e, 0xab, 0xcd) };
  expect(drawMarker(random, joined)).toBe("202eabce");
});

test("the corpus itself is hostile: without escaping most of it would be", () => {
  expect(
    HOSTILE.filter((text) => /<[\p{L}/!]/u.test(text) || unseen(text) !== undefined).length,
  ).toBeGreaterThan(20);
});

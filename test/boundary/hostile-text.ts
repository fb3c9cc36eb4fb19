/** Texts and JSON of hostile pieces, in any order and of any length. */
import fc from "fast-check";
import { character } from "../domain/characters.ts";
import { PIECES } from "./corpus.ts";

const filler = fc.oneof(
  fc.string({ unit: character, maxLength: 30 }),
  fc.constantFrom("<", "/", "!", ">", "\\", '"', "&lt;", "\n", " ", ",", "a", "\u{1f600}", "é"),
);

const piece = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...PIECES) },
  { weight: 1, arbitrary: filler },
);

const pieces: fc.Arbitrary<string> = fc.array(piece, { maxLength: 10 }).map((all) => all.join(""));

/** Longer than what Claude is shown at once, so that it is cut somewhere. */
const long: fc.Arbitrary<string> = fc
  .tuple(pieces, pieces, fc.integer({ min: 0, max: 20_000 }))
  .map(([before, repeated, length]) => before + repeated.repeat(Math.ceil(length / (repeated.length || 1))));

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: pieces },
  { weight: 1, arbitrary: long },
);

/** JSON whose keys and strings are hostile; some of it with escapes that decode to what is hostile. */
export const hostileJson: fc.Arbitrary<string> = fc
  .tuple(
    fc.dictionary(hostileText, fc.oneof(hostileText, fc.array(hostileText, { maxLength: 3 }))),
    fc.boolean(),
  )
  .map(([value, escapes]) => (escapes ? asciiJson(value) : JSON.stringify(value)));

const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[<>\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

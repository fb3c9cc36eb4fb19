/**
 * Outside text as it may be shown: it says what it said, but it can neither close its boundary, nor open a tag that a
 * client gives meaning to, nor hide or reorder anything (promise 12).
 *
 * JSON stays valid and equal; it is the provider's own text, not reformatted. Where no escape of JSON's own exists the text
 * shows `\u202e` and the like; it is not meant to be read back.
 */
import { JSON_TYPE, parseJson } from "../payload.ts";

/** What the text of this media type looks like inside a boundary. */
export function shown(text: string, contentType: string): string {
  // The type is checked, not believed: outside JSON a backslash escapes nothing, and whitespace follows other rules.
  return contentType === JSON_TYPE && parseJson(text) !== undefined ? shownJson(text) : shownText(text);
}

/** Equal JSON if `text` is JSON: there `<` and whatever is invisible can stand only inside strings. */
export function shownJson(text: string): string {
  // Three plain replacements: a callback for each bracket would cost ten times as much.
  return visible(plainLines(text))
    .replaceAll("<", "\\u003c")
    .replaceAll("\uff1c", "\\uff1c")
    .replaceAll("\ufe64", "\\ufe64");
}

export function shownText(text: string): string {
  // Invisible characters first: an escape in between keeps the `<` from what follows.
  return visible(plainLines(text)).replace(OPENING, (bracket) =>
    bracket === "<" ? "&lt;" : escaped(bracket),
  );
}

/**
 * What opens a tag, also for a reader who normalizes: U+FF1C and U+FE64 are the two characters of which compatibility
 * forms (NFKC) make a `<`; beyond ASCII much becomes a letter, a `/` or a `!`. What only looks like a bracket is left.
 */
const OPENING = /[<\uff1c\ufe64](?=[A-Za-z/!]|[^\0-\x7f])/g;

/** A carriage return could overwrite the line that it stands in; in JSON it is whitespace between tokens. */
const plainLines = (text: string): string => text.replace(/\r\n?/g, "\n");

/**
 * Characters that show nothing or change how others are shown: controls but tab and line feed (ESC begins the terminal's
 * sequences), format characters (\p{Cf}: zero-width, bidirectional, soft hyphen, byte order mark, tags), line and
 * paragraph separators, lone surrogates, private use and noncharacters, and letters and marks that Unicode calls
 * ignorable: variation selectors, fillers, the combining grapheme joiner. The braille blank is empty by its looks alone.
 * Runs of them are taken together, which is quicker; bounded, because a greedy match remembers each of its steps.
 */
const UNSEEN =
  /[[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}\p{Default_Ignorable_Code_Point}\u2800]--[\t\n]]{1,1000}/gv;

const visible = (text: string): string => text.replace(UNSEEN, escaped);

/** UTF-16 units as JSON writes them, so that the same escape is right in JSON and readable elsewhere. */
function escaped(characters: string): string {
  let units = "";
  for (let unit = 0; unit < characters.length; unit++) units += escapeOf(characters.charCodeAt(unit));
  return units;
}

/** Made once for each unit, of which some thousands are unseen: a hostile megabyte would make a million of them. */
const made = new Map<number, string>();

function escapeOf(unit: number): string {
  const known = made.get(unit);
  if (known !== undefined) return known;
  const text = `\\u${unit.toString(16).padStart(4, "0")}`;
  made.set(unit, text);
  return text;
}

/**
 * Where to cut a text that is too long to be read at once. All positions are in characters (UTF-16 units) of the text as
 * it is shown, so that the pages of a payload, put together, are the whole.
 */

/** Beyond it Claude reads the first part and is told how to get the rest. */
export const EXCERPT_CHARS = 16 * 1024;

/** The same where there is no way to get the rest. */
export const ONLY_CHARS = 64 * 1024;

/** A cut backs up to a line's or element's end only within this last part of the page. */
const SEARCHED = 1 / 4;

/**
 * The end of the page that starts at `from` and has at most `limit` characters (at least 64): after a line, else after an
 * element, else after a word, else anywhere but inside an escape or a surrogate pair.
 */
export function cut(text: string, from: number, limit: number): number {
  const most = from + Math.max(64, limit);
  if (most >= text.length) return text.length;
  const least = most - Math.floor((most - from) * SEARCHED);
  const tail = text.slice(least, most);
  for (const end of ["\n", "},", "],", ",", " "]) {
    const at = tail.lastIndexOf(end);
    if (at >= 0) return least + at + end.length;
  }
  return wholeCharacters(text, most);
}

/** An escape of JSON or of ours, or a pair of surrogates: what a cut must not divide. */
const UNDIVIDED =
  /\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\[\s\S]|&lt;|[\ud800-\udbff][\udc00-\udfff]/g;
const LONGEST = 12;

/** The nearest place, at `at` or before it, that divides no escape, entity or pair. */
export function wholeCharacters(text: string, at: number): number {
  // Escapes are read from the left, so the reading starts before a run of backslashes, never within.
  let start = Math.max(0, at - LONGEST);
  while (start > 0 && text[start - 1] === "\\") start--;
  for (const match of text.slice(start, at + LONGEST).matchAll(UNDIVIDED)) {
    const begin = start + match.index;
    if (begin < at && at < begin + match[0].length) return begin;
  }
  return at;
}

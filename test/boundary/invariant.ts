/**
 * Promise 12 as a check of a whole text: one boundary, in which nothing opens or closes a tag, hides, or speaks to the
 * terminal; outside of it not a character that an outsider chose, beyond the grammar of names.
 */

export interface Parted {
  /** What stands between the markers. */
  inside: string;
  /** All the rest, markers included. */
  outside: string;
}

/** The text at its boundary; null: it has not exactly one. */
export function parted(text: string, marker: string): Parted | null {
  const [open, close] = [`<payload-${marker}>`, `</payload-${marker}>`];
  const lines = text.split("\n");
  const [opened, closed] = [lines.indexOf(open), lines.lastIndexOf(close)];
  const once = [open, close].every((marking) => lines.filter((line) => line === marking).length === 1);
  if (!once || closed < opened) return null;
  const inside = lines.slice(opened + 1, closed).join("\n");
  const outside = [...lines.slice(0, opened + 1), ...lines.slice(closed)].join("\n");
  // Whoever guessed the marker may have it in a name, where it is a word without a bracket.
  return outside.split(new RegExp(`</?payload-${marker}`, "i")).length === 3 ? { inside, outside } : null;
}

/** What opens a tag, also once a reader has normalized the text. */
const OPENS = /<[\p{L}/!]/u;
const UNSEEN =
  /(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** What is broken in what stands between the markers, in words; empty: nothing. */
export function brokenInside(inside: string): string[] {
  const broken: string[] = [];
  for (const text of [
    inside,
    ...(["NFC", "NFD", "NFKC", "NFKD"] as const).map((form) => inside.normalize(form)),
  ]) {
    const opened = OPENS.exec(text)?.[0];
    if (opened !== undefined) broken.push(`a tag is opened: ${JSON.stringify(opened)}`);
  }
  const unseen = UNSEEN.exec(inside)?.[0];
  if (unseen !== undefined) broken.push(`not to be seen: U+${unseen.codePointAt(0)?.toString(16)}`);
  return broken;
}

/** Our own words, and names in their grammar: nothing that opens a tag or is no plain character. */
export const isPlain = (text: string): boolean =>
  /^[\n\x20-\x7e\u2026\u2192]*$/.test(text) && !OPENS.test(text);

/**
 * Names that tools tell and that others chose: folders of other sessions, labels, paths. They stand outside every
 * boundary, so they must be no sentence and no tag (promise 12).
 */

/** One word: what it is of, not what it says. */
export const word = (text: string): string => text.replace(/[^A-Za-z0-9._:/@+-]/g, "_").slice(0, 64);

/**
 * The owner's words as JSON, in one line: where they begin and end is seen, they open no tag, and hide nothing. What is longer
 * than `most` characters is cut, and says so.
 */
export function quoted(text: string, most = Number.POSITIVE_INFINITY): string {
  const json = JSON.stringify(text.slice(0, most)).replace(UNSEEN, escaped);
  return text.length <= most ? json : `${json} … (the first ${most} of ${text.length} characters)`;
}

/** Also what compatibility forms make a `<` of. */
const UNSEEN = /[<\uff1c\ufe64\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

const escaped = (character: string): string =>
  character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");

/** The owner's own words, in one line that opens no tag and hides nothing. */
export const plain = (text: string): string =>
  text.replace(/[^\p{L}\p{N} !-;=?-~]|\p{Default_Ignorable_Code_Point}/gu, "_").slice(0, 200);

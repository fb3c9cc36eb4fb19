/**
 * Names that tools tell and that others chose: folders of other sessions, labels, paths. They stand outside every
 * boundary, so they must be no sentence and no tag (promise 12).
 */

/** One word: what it is of, not what it says. */
export const word = (text: string): string => text.replace(/[^A-Za-z0-9._:/@+-]/g, "_").slice(0, 64);

/** The owner's own words, in one line that opens no tag and hides nothing. */
export const plain = (text: string): string =>
  text.replace(/[^\p{L}\p{N} !-;=?-~]|\p{Default_Ignorable_Code_Point}/gu, "_").slice(0, 200);

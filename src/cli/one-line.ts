const LONGEST = 200;

/** What a session or a sender wrote, as it may stand in a terminal: one line, no control characters. */
export const oneLine = (text: string): string =>
  text
    .replace(/[\p{C}\s]+/gu, " ")
    .trim()
    .slice(0, LONGEST);

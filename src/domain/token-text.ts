/** The text of connection tokens and of the codes that one gets them by, and how it is kept out of what people and sessions write. */
export const TOKEN_PREFIX = "cbt_";

/** Also a part of one that was cut off: what is shorter than this gives nothing away. */
const TOKEN = new RegExp(`${TOKEN_PREFIX}[A-Za-z0-9_-]{8,}`, "g");

/** A code that lets have one token, once (`services/sign-ins.ts`). Good for minutes, and all the same not to be quoted. */
export const CODE_PREFIX = "once_";
const CODE = new RegExp(`${CODE_PREFIX}[a-z0-9]{8,}`, "g");

/** Promise 10: a sentence about what was done may quote what it met. */
export const withoutTokens = (text: string): string =>
  text.replace(TOKEN, `${TOKEN_PREFIX}…`).replace(CODE, `${CODE_PREFIX}…`);

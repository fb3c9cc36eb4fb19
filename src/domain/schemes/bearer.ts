/** A token in `Authorization: Bearer …` (RFC 6750, 2.1). */
import { COMMON_HEADERS, common } from "./common.ts";
import type { Scheme } from "./scheme.ts";
import { chosenByOwner, HEADER_TEXT } from "./secret-rule.ts";
import { token } from "./token.ts";

const provider = "the sender";

export const bearer: Scheme = {
  name: "bearer",
  provider,
  secret: chosenByOwner(HEADER_TEXT),
  steps: (url) => [
    `The sender posts to ${url} with the header Authorization: Bearer and the secret after it.`,
    COMMON_HEADERS,
  ],
  challenge: 'Bearer realm="webhook"',
  ...token({
    provider,
    header: "Authorization",
    read: (text) => /^Bearer +(\S+)$/i.exec(text)?.[1],
    write: (secret) => `Bearer ${secret}`,
  }),
  ...common,
};

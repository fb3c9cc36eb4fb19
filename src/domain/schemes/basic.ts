/** Name and password in `Authorization: Basic …` (RFC 7617); the secret is `name:password`. */
import { COMMON_HEADERS, common } from "./common.ts";
import type { Scheme } from "./scheme.ts";
import { chosenByOwner } from "./secret-rule.ts";
import { token } from "./token.ts";

const provider = "the sender";

export const basic: Scheme = {
  name: "basic",
  provider,
  secret: chosenByOwner(
    { pattern: /^[^:\p{Cc}]*:[^\p{Cc}]+$/u, words: "name:password, with the colon between them" },
    (bytes) => `signalbox:${Buffer.from(bytes).toString("hex")}`,
  ),
  steps: (url) => [
    `The sender posts to ${url} with basic authentication; the secret is name:password (many senders take them in the URL: https://name:password@host/…).`,
    COMMON_HEADERS,
  ],
  challenge: 'Basic realm="webhook", charset="UTF-8"',
  ...token({
    provider,
    header: "Authorization",
    read: (text) => decoded(/^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(text)?.[1]),
    write: (secret) => `Basic ${Buffer.from(secret).toString("base64")}`,
  }),
  ...common,
};

/** As it was encoded, and in no other way: what two texts decode to is proved by one of them. */
function decoded(base64: string | undefined): string | undefined {
  const text = Buffer.from(base64 ?? "", "base64").toString("utf8");
  return Buffer.from(text).toString("base64") === base64 ? text : undefined;
}

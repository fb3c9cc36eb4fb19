/** No proof at all: whoever knows the URL may send. What Claude reads says so. */
import { COMMON_HEADERS, common } from "./common.ts";
import type { Scheme } from "./scheme.ts";
import { NO_SECRET } from "./secret-rule.ts";

export const none: Scheme = {
  name: "none",
  provider: "the sender",
  secret: NO_SECRET,
  steps: (url) => [
    `The sender posts to ${url}. Anybody who knows it can send: nothing is verified.`,
    COMMON_HEADERS,
  ],
  verify: () => ({ kind: "unverified" }),
  sign: () => ({}),
  ...common,
};

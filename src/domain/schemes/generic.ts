/**
 * Anything that can sign a body: HMAC-SHA256 in hex, with or without `sha256=`, in the header that the source names or in one of
 * those that senders commonly use.
 */
import { header } from "../payload.ts";
import { judged } from "./claim.ts";
import { COMMON_HEADERS, common } from "./common.ts";
import { digestIn, hmacHex } from "./hmac.ts";
import { missing } from "./refusals.ts";
import type { Scheme } from "./scheme.ts";
import { chosenByOwner } from "./secret-rule.ts";

const provider = "the sender";
const SIGNATURES = ["X-Signature", "X-Webhook-Signature", "X-Hub-Signature-256"] as const;
const PREFIX = "sha256=";

export const generic: Scheme = {
  name: "generic",
  provider,
  secret: chosenByOwner(),
  steps: (url) => [
    `The sender posts to ${url} and writes into the header X-Signature (or X-Webhook-Signature, or the source's signature_header) the HMAC-SHA256 of the raw body under the secret, in hex, with or without sha256= before it.`,
    COMMON_HEADERS,
  ],

  verify({ headers, body }, { secrets: keys, options }, nowMs) {
    const names = options?.signatureHeader === undefined ? SIGNATURES : [options.signatureHeader];
    const given = names.map((name) => header(headers, name)).filter((text) => text !== undefined);
    if (given.length === 0) return missing(names[0], provider);
    const signatures = given
      .map((text) => digestIn(text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text))
      .filter((digest) => digest !== undefined);
    return judged({ signatures, before: "" }, { provider, header: names[0], keys, body }, nowMs);
  },

  sign: ({ body }, secret) => ({ "x-signature": PREFIX + hmacHex(secret, body) }),
  ...common,
};

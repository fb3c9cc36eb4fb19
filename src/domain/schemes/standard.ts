/**
 * Standard Webhooks, as Svix, Clerk, Resend, OpenAI and others send them: `webhook-signature: v1,… [v1,…]` over `id.timestamp.body`,
 * the key in base64 after `whsec_`; Svix's own names of the headers begin with `svix-`
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md,
 * https://docs.svix.com/receiving/verifying-payloads/how-manual). Of its two kinds of signatures the symmetric one, `v1`.
 */
import { createHash } from "node:crypto";
import { textAt } from "../dotted-path.ts";
import { type Headers, header } from "../payload.ts";
import { type Claim, isTimestamp, judged, MOST_SIGNATURES } from "./claim.ts";
import { digestIn, hmac } from "./hmac.ts";
import { missing } from "./refusals.ts";
import type { Scheme } from "./scheme.ts";
import { givenByProvider, makeWhsec, WHSEC } from "./secret-rule.ts";

const provider = "the provider";
const BRANDS = ["webhook", "svix"] as const;
const PREFIX = "v1,";
const toleranceSeconds = 300;

/** Also of GitLab's signing tokens. */
export const standardProof: Pick<Scheme, "verify" | "sign" | "deliveryId"> = {
  verify({ headers, body }, { secrets }, nowMs) {
    const brand = brandOf(headers);
    if (brand === undefined) return missing("webhook-signature", provider);
    const judge = {
      provider,
      header: `${brand}-signature`,
      toleranceSeconds,
      keys: secrets.map(keyIn),
      body,
    };
    return judged(claimIn(headers, brand), judge, nowMs);
  },

  sign({ headers, body }, secret, nowMs) {
    const timestamp = String(Math.floor(nowMs / 1000));
    const id = idOf(headers) ?? `msg_${createHash("sha256").update(body).digest("hex").slice(0, 27)}`;
    const signature = hmac(keyIn(secret) ?? secret, [`${id}.${timestamp}.`, body]).toString("base64");
    return {
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": PREFIX + signature,
    };
  },

  deliveryId: ({ headers }) => idOf(headers),
};

export const standard: Scheme = {
  name: "standard",
  provider,
  secret: givenByProvider(WHSEC, makeWhsec),
  steps: (url) => [
    `At the provider (Svix, Clerk, Resend, OpenAI …): add a webhook endpoint with the URL ${url} and the events that you want.`,
    "Its signing secret (whsec_…) is shown there: make the source again with the same slug and that secret.",
  ],
  needsJson: false,
  ...standardProof,
  eventType: (request) => textAt(request.json(), "type"),
};

const brandOf = (headers: Headers) =>
  BRANDS.find((brand) => header(headers, `${brand}-signature`) !== undefined);

const idOf = (headers: Headers): string | undefined => header(headers, `${brandOf(headers) ?? "webhook"}-id`);

/** Undefined: the secret is none of this kind. */
const keyIn = (secret: string): Buffer | undefined =>
  WHSEC.pattern.test(secret) ? Buffer.from(secret.slice("whsec_".length), "base64") : undefined;

function claimIn(headers: Headers, brand: (typeof BRANDS)[number]): Claim | undefined {
  const [id, timestamp, text] = ["id", "timestamp", "signature"].map((part) =>
    header(headers, `${brand}-${part}`),
  );
  if (id === undefined || text === undefined || !isTimestamp(timestamp)) return undefined;
  const signatures = text
    .split(" ", MOST_SIGNATURES)
    .filter((field) => field.startsWith(PREFIX))
    .map((field) => digestIn(field.slice(PREFIX.length), "base64"))
    .filter((digest) => digest !== undefined);
  return { signatures, before: `${id}.${timestamp}.`, timestamp };
}

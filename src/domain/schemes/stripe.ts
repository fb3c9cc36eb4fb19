/**
 * Stripe: `Stripe-Signature: t=…,v1=…[,v1=…]` over `t.body`; several `v1` while Stripe rolls the secret, other versions
 * (`v0` of test mode) are ignored (https://docs.stripe.com/webhooks/signature).
 */
import { textAt } from "../dotted-path.ts";
import { header } from "../payload.ts";
import { type Claim, isTimestamp, judged, MOST_SIGNATURES } from "./claim.ts";
import { digestIn, hmacHex } from "./hmac.ts";
import { missing } from "./refusals.ts";
import type { Scheme } from "./scheme.ts";
import { givenByProvider } from "./secret-rule.ts";

const provider = "Stripe";
const SIGNATURE = "Stripe-Signature";
const toleranceSeconds = 300;

export const stripe: Scheme = {
  name: "stripe",
  provider,
  secret: givenByProvider(
    {
      pattern: /^whsec_[\x21-\x7e]+$/,
      words: "the signing secret of the endpoint, whsec_…, not an API key (sk_…, rk_…)",
    },
    (bytes) => `whsec_${Buffer.from(bytes).toString("hex")}`,
  ),
  steps: (url) => [
    `In Stripe's Dashboard: Developers, Webhooks, add an endpoint with the URL ${url} and the events that you want.`,
    "Reveal its signing secret there (whsec_…; of `stripe listen` it is the one that the command prints), and make the source again with the same slug and that secret.",
  ],
  // Type and id stand in the body alone. A signed body that is not JSON is no event of Stripe's, and queueing it without
  // an id would make each of Stripe's retries a new event: refused, so that Stripe shows the failure to its owner.
  needsJson: true,

  verify({ headers, body }, { secrets: keys }, nowMs) {
    const text = header(headers, SIGNATURE);
    if (text === undefined) return missing(SIGNATURE, provider);
    return judged(claimIn(text), { provider, header: SIGNATURE, toleranceSeconds, keys, body }, nowMs);
  },

  sign({ body }, secret, nowMs) {
    const timestamp = Math.floor(nowMs / 1000);
    return { "stripe-signature": `t=${timestamp},v1=${hmacHex(secret, `${timestamp}.`, body)}` };
  },

  eventType: (request) => textAt(request.json(), "type"),
  deliveryId: (request) => textAt(request.json(), "id"),
};

function claimIn(text: string): Claim | undefined {
  const fields = text.split(",", MOST_SIGNATURES).map((field) => field.trim());
  const [timestamp, ...others] = fields.filter((field) => field.startsWith("t=")).map((t) => t.slice(2));
  if (!isTimestamp(timestamp) || others.length > 0) return undefined;
  const signatures = fields
    .filter((field) => field.startsWith("v1="))
    .map((field) => digestIn(field.slice(3)))
    .filter((digest) => digest !== undefined);
  return { signatures, before: `${timestamp}.`, timestamp };
}

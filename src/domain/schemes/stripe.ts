/**
 * Stripe: `Stripe-Signature: t=…,v1=…[,v1=…]` over `t.body`; several `v1` while Stripe rolls the secret, other versions
 * (`v0` of test mode) are ignored (https://docs.stripe.com/webhooks/signature).
 */
import { textAt } from "../dotted-path.ts";
import { header } from "../payload.ts";
import { digestIn, hmacHex, matchesAny } from "./hmac.ts";
import { refused, type Scheme } from "./scheme.ts";

const TOLERANCE_SECONDS = 300;

/** Stripe signs with each active secret of the endpoint, which are few; more is somebody's way to waste our time. */
const MOST_SIGNATURES = 16;

export const stripe: Scheme = {
  name: "stripe",
  secret: {
    kind: "provider",
    whereToFind:
      "Stripe makes the secret: in the Dashboard under Developers, Webhooks, open the endpoint with this URL and reveal " +
      "its signing secret (whsec_…; for `stripe listen` it is the one that the command prints), then create the source " +
      "again with the same slug and that secret.",
  },
  // Type and id stand in the body alone. A signed body that is not JSON is no event of Stripe's, and queueing it without
  // an id would make each of Stripe's retries a new event: refused, so that Stripe shows the failure to its owner.
  needsJson: true,

  verify({ headers, body }, secrets, nowMs) {
    if (secrets.length === 0) {
      return refused(
        401,
        "no_secret",
        "this stripe source has no signing secret yet; give it the endpoint's whsec_… secret",
      );
    }
    const text = header(headers, "stripe-signature");
    if (text === undefined) {
      return refused(
        401,
        "missing_signature",
        "no Stripe-Signature header; only Stripe's own requests are accepted here",
      );
    }
    const signature = parse(text);
    if (signature === undefined || !matchesAny(signature.digests, secrets, `${signature.timestamp}.`, body)) {
      return refused(
        401,
        "bad_signature",
        "Stripe-Signature does not match the body; the source's secret must be the signing secret of this endpoint",
      );
    }
    const offSeconds = Math.abs(nowMs / 1000 - Number(signature.timestamp));
    if (offSeconds > TOLERANCE_SECONDS) {
      return refused(
        401,
        "stale_timestamp",
        `Stripe-Signature was made ${Math.round(offSeconds)} s away from this server's time, the limit is ` +
          `${TOLERANCE_SECONDS} s; check the server's clock`,
      );
    }
    return { kind: "verified" };
  },

  sign(body, secret, nowMs) {
    const timestamp = Math.floor(nowMs / 1000);
    return { "stripe-signature": `t=${timestamp},v1=${hmacHex(secret, `${timestamp}.`, body)}` };
  },

  eventType: (request) => textAt(request.json(), "type"),
  deliveryId: (request) => textAt(request.json(), "id"),
};

/** The timestamp stays text: what was signed is its digits as they were sent. */
function parse(text: string): { timestamp: string; digests: string[] } | undefined {
  const fields = text.split(",", MOST_SIGNATURES).map((field) => field.trim());
  const timestamps = fields.filter((field) => field.startsWith("t="));
  const timestamp = timestamps[0]?.slice(2) ?? "";
  if (timestamps.length !== 1 || !/^\d{1,12}$/.test(timestamp)) return undefined;
  const digests = fields
    .filter((field) => field.startsWith("v1="))
    .map((field) => digestIn(field.slice(3), ""))
    .filter((digest) => digest !== undefined);
  return digests.length === 0 ? undefined : { timestamp, digests };
}

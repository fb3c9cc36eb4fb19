/**
 * Anything that can sign a body: HMAC-SHA256 in hex, with or without `sha256=`, in one of the headers that senders
 * commonly use. Type and id are read where senders commonly write them; a source's own rule comes before that.
 */
import { textAt } from "../dotted-path.ts";
import { header, type WebhookRequest } from "../payload.ts";
import { digestIn, hmacHex, matchesAny } from "./hmac.ts";
import { refused, type Scheme } from "./scheme.ts";

const SIGNATURE_HEADERS = ["x-signature", "x-webhook-signature", "x-hub-signature-256"] as const;
const PREFIX = "sha256=";

/** Also of scheme `none`. */
export const COMMON_HEADERS =
  "X-Event-Type names the type (else the body's `type` or `event`), X-Delivery-Id or Idempotency-Key the delivery: without it the same post sent twice is two events.";

export const generic: Scheme = {
  name: "generic",
  secret: { kind: "owner" },
  howToSend: `The sender writes into the header X-Signature (or X-Webhook-Signature) the HMAC-SHA256 of the raw body under the secret, in hex, with or without sha256= before it. ${COMMON_HEADERS}`,
  needsJson: false,

  verify({ headers, body }, secrets) {
    if (secrets.length === 0) {
      return refused(
        401,
        "no_secret",
        "this generic source has no secret; give it one and sign requests with it",
      );
    }
    const signatures = SIGNATURE_HEADERS.map((name) => header(headers, name)).filter(
      (text) => text !== undefined,
    );
    if (signatures.length === 0) {
      return refused(
        401,
        "missing_signature",
        "no X-Signature header; send the body's HMAC-SHA256 under the source's secret, in hex",
      );
    }
    const digests = signatures.map((text) => digestIn(text, PREFIX)).filter((digest) => digest !== undefined);
    if (!matchesAny(digests, secrets, body)) {
      return refused(
        401,
        "bad_signature",
        "X-Signature does not match the body; sign the raw body with HMAC-SHA256 and the source's secret, in hex",
      );
    }
    return { kind: "verified" };
  },

  sign: (body, secret) => ({ "x-signature": PREFIX + hmacHex(secret, body) }),
  eventType: commonEventType,
  deliveryId: commonDeliveryId,
};

/** `X-Event-Type`, else the body's `type` or `event`. */
export function commonEventType(request: WebhookRequest): string | undefined {
  return (
    header(request.headers, "x-event-type") ||
    textAt(request.json(), "type") ||
    textAt(request.json(), "event")
  );
}

/** Not `X-Request-Id`: proxies make a new one for each try. */
export function commonDeliveryId({ headers }: WebhookRequest): string | undefined {
  return header(headers, "x-delivery-id") ?? header(headers, "idempotency-key");
}

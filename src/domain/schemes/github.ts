/**
 * GitHub: `X-Hub-Signature-256: sha256=…` over the raw body, also when the body is a form
 * (https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries).
 */
import { textAt } from "../dotted-path.ts";
import { header } from "../payload.ts";
import { digestIn, hmacHex, matchesAny } from "./hmac.ts";
import { refused, type Scheme } from "./scheme.ts";

const PREFIX = "sha256=";

export const github: Scheme = {
  name: "github",
  secret: { kind: "owner" },
  howToSend:
    "At GitHub that is Settings, Webhooks, Add webhook of the repository or organization; choose the content type application/json and the events that you want.",
  needsJson: false,

  verify({ headers, body }, secrets) {
    if (secrets.length === 0) {
      return refused(
        401,
        "no_secret",
        "this github source has no secret; give it one and set the same at GitHub",
      );
    }
    const signature = header(headers, "x-hub-signature-256");
    if (signature === undefined) {
      return refused(
        401,
        "missing_signature",
        "no X-Hub-Signature-256 header; set the source's secret in the webhook's settings at GitHub",
      );
    }
    const digest = signature.startsWith(PREFIX) ? digestIn(signature, PREFIX) : undefined;
    if (digest === undefined || !matchesAny([digest], secrets, body)) {
      return refused(
        401,
        "bad_signature",
        "X-Hub-Signature-256 does not match the body; the secret at GitHub must be the source's",
      );
    }
    return { kind: "verified" };
  },

  sign: (body, secret) => ({ "x-hub-signature-256": PREFIX + hmacHex(secret, body) }),

  eventType(request) {
    const event = header(request.headers, "x-github-event");
    if (event === undefined) return undefined;
    const action = textAt(request.json(), "action");
    return action === undefined ? event : `${event}.${action}`;
  },

  deliveryId: ({ headers }) => header(headers, "x-github-delivery"),

  // Sent once when the webhook is made: https://docs.github.com/en/webhooks/webhook-events-and-payloads#ping
  handshake: ({ headers }) => header(headers, "x-github-event") === "ping",
};

/**
 * GitHub: `X-Hub-Signature-256: sha256=…` over the raw body, also when the body is a form
 * (https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries).
 */
import { textAt } from "../dotted-path.ts";
import { header } from "../payload.ts";
import { ACCEPTED } from "./answer.ts";
import type { Scheme } from "./scheme.ts";
import { chosenByOwner } from "./secret-rule.ts";
import { signedHeader } from "./signed-header.ts";

const provider = "GitHub";

export const github: Scheme = {
  name: "github",
  provider,
  secret: chosenByOwner(),
  steps: (url) => [
    `At GitHub: Settings, Webhooks, Add webhook of the repository or organization; Payload URL ${url}, and the secret.`,
    "Choose the content type application/json, and the events that you want.",
  ],
  needsJson: false,

  ...signedHeader({ provider, header: "X-Hub-Signature-256", prefix: "sha256=" }),

  eventType(request) {
    const event = header(request.headers, "x-github-event");
    if (event === undefined) return undefined;
    const action = textAt(request.json(), "action");
    return action === undefined ? event : `${event}.${action}`;
  },

  deliveryId: ({ headers }) => header(headers, "x-github-delivery"),

  // Sent once when the webhook is made: https://docs.github.com/en/webhooks/webhook-events-and-payloads#ping
  handshake: ({ headers }) => (header(headers, "x-github-event") === "ping" ? ACCEPTED : undefined),
};

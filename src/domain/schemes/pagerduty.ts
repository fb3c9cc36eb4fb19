/**
 * PagerDuty's webhooks of version 3: `X-PagerDuty-Signature: v1=…[,v1=…]` over the raw body, several while a secret is rotated
 * (https://docs.pagerduty.com/developer/verifying-webhook-signatures).
 */
import { textAt } from "../dotted-path.ts";
import type { Scheme } from "./scheme.ts";
import { givenByProvider, HEADER_TEXT } from "./secret-rule.ts";
import { signedHeader } from "./signed-header.ts";

const provider = "PagerDuty";

export const pagerduty: Scheme = {
  name: "pagerduty",
  provider,
  secret: givenByProvider(HEADER_TEXT),
  steps: (url) => [
    `In PagerDuty: Integrations, Generic Webhooks (v3), New Webhook; Webhook URL ${url}, and the events that you want.`,
    "Its secret is shown only when it is added: make the source again with the same slug and that secret.",
  ],
  needsJson: false,
  ...signedHeader({ provider, header: "X-PagerDuty-Signature", prefix: "v1=", separator: "," }),
  eventType: (request) => textAt(request.json(), "event.event_type"),
  deliveryId: (request) => textAt(request.json(), "event.id"),
};

/**
 * Sentry's integration platform: `Sentry-Hook-Signature`, hex, over the raw body
 * (https://docs.sentry.io/organization/integrations/integration-platform/webhooks/).
 */
import { textAt } from "../dotted-path.ts";
import { header } from "../payload.ts";
import type { Scheme } from "./scheme.ts";
import { givenByProvider } from "./secret-rule.ts";
import { signedHeader } from "./signed-header.ts";

const provider = "Sentry";

export const sentry: Scheme = {
  name: "sentry",
  provider,
  secret: givenByProvider({
    pattern: /^(?!sntry[a-z]_)[\x21-\x7e]+$/,
    words: "the integration's Client Secret, not a token (sntrys_…, sntryu_…)",
  }),
  steps: (url) => [
    `In Sentry: Settings, Developer Settings, Create New Integration, Internal; Webhook URL ${url}, and the resources that you want.`,
    "Its Client Secret is shown under Credentials after saving: make the source again with the same slug and that secret.",
  ],
  needsJson: false,
  ...signedHeader({ provider, header: "Sentry-Hook-Signature" }),

  eventType(request) {
    const resource = header(request.headers, "sentry-hook-resource");
    const action = textAt(request.json(), "action");
    return resource === undefined || action === undefined ? resource : `${resource}.${action}`;
  },
  deliveryId: ({ headers }) => header(headers, "request-id"),
};

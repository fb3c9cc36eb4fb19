/**
 * Shopify: `X-Shopify-Hmac-SHA256`, base64, over the raw body
 * (https://shopify.dev/docs/apps/build/webhooks/verify-deliveries).
 */
import { header } from "../payload.ts";
import type { Scheme } from "./scheme.ts";
import { givenByProvider, HEADER_TEXT } from "./secret-rule.ts";
import { signedHeader } from "./signed-header.ts";

const provider = "Shopify";

export const shopify: Scheme = {
  name: "shopify",
  provider,
  secret: givenByProvider(HEADER_TEXT),
  steps: (url) => [
    `In Shopify's admin: Settings, Notifications, Webhooks, Create webhook, format JSON, URL ${url}; for an app: its configuration.`,
    "The key stands below the list there (of an app it is the client secret): make the source again with the same slug and that secret.",
  ],
  needsJson: false,
  ...signedHeader({ provider, header: "X-Shopify-Hmac-SHA256", encoding: "base64" }),
  eventType: ({ headers }) => header(headers, "x-shopify-topic"),
  deliveryId: ({ headers }) => header(headers, "x-shopify-webhook-id"),
};

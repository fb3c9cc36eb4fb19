/**
 * Zoom: `x-zm-signature: v0=…` over `v0:timestamp:body`. It validates the URL when it is entered and every 72 hours, and counts only
 * 200 and 204 as success (https://developers.zoom.us/docs/api/webhooks/).
 */
import { textAt } from "../dotted-path.ts";
import { jsonAnswer, OK } from "./answer.ts";
import { hmacHex } from "./hmac.ts";
import type { Scheme } from "./scheme.ts";
import { givenByProvider, HEADER_TEXT } from "./secret-rule.ts";
import { signedHeader } from "./signed-header.ts";

const provider = "Zoom";

export const zoom: Scheme = {
  name: "zoom",
  provider,
  secret: givenByProvider(HEADER_TEXT),
  steps: (url) => [
    "At marketplace.zoom.us: your app, Access (or Feature), Secret Token. Make the source again with the same slug and that secret first.",
    `Then Event Subscriptions, endpoint URL ${url}, Validate, and the events that you want.`,
  ],
  needsJson: false,

  ...signedHeader({
    provider,
    header: "x-zm-signature",
    prefix: "v0=",
    time: {
      header: "x-zm-request-timestamp",
      toleranceSeconds: 300,
      before: (timestamp) => `v0:${timestamp}:`,
    },
  }),

  eventType: (request) => textAt(request.json(), "event"),
  deliveryId: () => undefined,

  handshake(request, secret) {
    if (textAt(request.json(), "event") !== "endpoint.url_validation") return undefined;
    const plainToken = textAt(request.json(), "payload.plainToken") ?? "";
    return jsonAnswer({ plainToken, encryptedToken: hmacHex(secret, plainToken) });
  },
  answer: () => OK,
};

/**
 * Linear: `Linear-Signature`, hex, over the raw body, in which `webhookTimestamp` says when it was sent
 * (https://linear.app/developers/webhooks#securing-webhooks).
 */
import { textAt, valueAt } from "../dotted-path.ts";
import { header } from "../payload.ts";
import { OK } from "./answer.ts";
import { stale } from "./refusals.ts";
import type { Scheme } from "./scheme.ts";
import { givenByProvider } from "./secret-rule.ts";
import { signedHeader } from "./signed-header.ts";

const provider = "Linear";
const TOLERANCE_SECONDS = 60;

const signature = signedHeader({ provider, header: "Linear-Signature" });

export const linear: Scheme = {
  name: "linear",
  provider,
  secret: givenByProvider({
    pattern: /^(?!lin_(?:api|oauth)_)[\x21-\x7e]+$/,
    words: "the webhook's signing secret (lin_wh_…), not an API key",
  }),
  steps: (url) => [
    `In Linear: Settings, API, Webhooks, New webhook; URL ${url}, and the data change events that you want.`,
    "Its signing secret (lin_wh_…) is shown there: make the source again with the same slug and that secret.",
  ],
  needsJson: false,

  // The time is believed because it is inside of what is signed.
  verify(request, source, nowMs) {
    const verification = signature.verify(request, source, nowMs);
    if (verification.kind !== "verified") return verification;
    const sentAt = valueAt(request.json(), "webhookTimestamp");
    const offSeconds = typeof sentAt === "number" ? Math.abs(nowMs - sentAt) / 1000 : Number.NaN;
    return offSeconds <= TOLERANCE_SECONDS
      ? verification
      : stale("the body's webhookTimestamp", offSeconds, TOLERANCE_SECONDS);
  },
  sign: signature.sign,

  eventType(request) {
    const [type, action] = ["type", "action"].map((name) => textAt(request.json(), name));
    return type === undefined || action === undefined ? type : `${type}.${action}`;
  },
  deliveryId: ({ headers }) => header(headers, "linear-delivery"),
  answer: () => OK,
};

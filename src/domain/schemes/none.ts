/** No proof at all: whoever knows the URL may send. What Claude reads says so. */
import { commonDeliveryId, commonEventType } from "./generic.ts";
import type { Scheme } from "./scheme.ts";

export const none: Scheme = {
  name: "none",
  secret: { kind: "none" },
  needsJson: false,
  verify: () => ({ kind: "unverified" }),
  sign: () => ({}),
  eventType: commonEventType,
  deliveryId: commonDeliveryId,
};

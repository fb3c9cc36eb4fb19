/** No proof at all: whoever knows the URL may send. What Claude reads says so. */
import { COMMON_HEADERS, commonDeliveryId, commonEventType } from "./generic.ts";
import type { Scheme } from "./scheme.ts";

export const none: Scheme = {
  name: "none",
  secret: { kind: "none" },
  howToSend: COMMON_HEADERS,
  needsJson: false,
  verify: () => ({ kind: "unverified" }),
  sign: () => ({}),
  eventType: commonEventType,
  deliveryId: commonDeliveryId,
};

/** Where senders that are nobody's product commonly write type and id; of those schemes that any sender can use. */
import { textAt } from "../dotted-path.ts";
import { header, type WebhookRequest } from "../payload.ts";
import type { Terms } from "./scheme.ts";

export const COMMON_HEADERS =
  "X-Event-Type names the type (else the body's `type` or `event`), X-Delivery-Id or Idempotency-Key the delivery: without it the same post sent twice is two events.";

/** `X-Event-Type`, else the body's `type` or `event`. */
function eventType(request: WebhookRequest): string | undefined {
  return (
    header(request.headers, "x-event-type") ||
    textAt(request.json(), "type") ||
    textAt(request.json(), "event")
  );
}

/** The source's own header, if it names one. Never `X-Request-Id`: proxies make a new one for each try. */
function deliveryId({ headers }: WebhookRequest, { options }: Terms): string | undefined {
  if (options?.deliveryHeader !== undefined) return header(headers, options.deliveryHeader);
  return header(headers, "x-delivery-id") ?? header(headers, "idempotency-key");
}

export const common = { eventType, deliveryId, needsJson: false };

/** A webhook that was verified and typed, as the event that its source makes of it. */
import { coalesceOf } from "../domain/coalescing.ts";
import type { EventFacts } from "../domain/event.ts";
import { route } from "../domain/routing.ts";
import { detailsOfSource, type Source } from "../domain/source.ts";
import type { Arrival } from "./events.ts";

export interface VerifiedWebhook extends Pick<EventFacts, "type" | "deliveryId" | "verifiedBy"> {
  contentType: string;
  payload: string;
  /** The payload, parsed; only asked for where the source looks into it. */
  json(): unknown;
}

export function webhookArrival(source: Source, webhook: VerifiedWebhook): Arrival {
  const { account, lane, priority, slug: from, id: sourceId, options } = source;
  const { type, deliveryId, verifiedBy, contentType, payload } = webhook;
  const rule = options?.coalesce;
  return {
    facts: {
      account,
      lane,
      origin: "webhook",
      priority,
      from,
      sourceId,
      type,
      verifiedBy,
      deliveryId,
      details: detailsOfSource(source),
    },
    routed: route(source, type),
    contentType,
    payload,
    coalesce: rule === undefined ? null : coalesceOf(sourceId, rule, webhook.json()),
    timing: options,
    fanout: options?.fanout ?? null,
  };
}

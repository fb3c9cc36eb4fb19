/** A webhook that was verified and typed, as the event that its source and its route make of it. */
import { coalesceOf } from "../domain/coalescing.ts";
import type { EventFacts } from "../domain/event.ts";
import { type Fields, onlyFields } from "../domain/fields.ts";
import { laneOfTag } from "../domain/lane.ts";
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
  const { account, slug: from, id: sourceId, options } = source;
  const { type, deliveryId, verifiedBy, contentType } = webhook;
  const { routing, rule } = route(source, type);
  const { payload, omittedBytes } = payloadFor(webhook, rule.fields);
  const details = detailsOfSource(source);
  const coalesce = options?.coalesce;
  return {
    facts: {
      account,
      lane: rule.tag === undefined ? source.lane : laneOfTag(rule.tag || undefined),
      origin: "webhook",
      priority: rule.priority ?? source.priority,
      from,
      sourceId,
      type,
      verifiedBy,
      deliveryId,
      details: omittedBytes > 0 ? { ...details, omittedBytes } : details,
    },
    routed: routing,
    contentType,
    payload,
    coalesce: coalesce === undefined ? null : coalesceOf(sourceId, coalesce, webhook.json()),
    timing: options,
    fanout: options?.fanout ?? null,
  };
}

/** What its route chose of it; what is left out is kept nowhere. */
function payloadFor(webhook: VerifiedWebhook, fields: Fields | undefined) {
  const { payload: whole } = webhook;
  if (fields === undefined) return { payload: whole, omittedBytes: 0 };
  const payload = onlyFields({ payload: whole, json: webhook.json() }, fields);
  return { payload, omittedBytes: Math.max(0, Buffer.byteLength(whole) - Buffer.byteLength(payload)) };
}

/**
 * What a webhook request becomes: verified first, over the raw body; only then is the body parsed, for handshake, type and
 * id. One function, so that no adapter can get the order wrong.
 */
import { typeOf } from "../event-type.ts";
import { deliveryId } from "../grammar.ts";
import type { WebhookRequest } from "../payload.ts";
import type { EventTypeRule, SchemeName } from "../source.ts";
import { type Refusal, refused, type Scheme } from "./scheme.ts";

export type Received =
  | Refusal
  /** Accepted, not queued. */
  | { kind: "handshake" }
  | {
      kind: "event";
      /** In the grammar of types. */
      type: string;
      /** Null: the provider sent none, or one that is no id. */
      deliveryId: string | null;
      /** Null: nobody vouches for it. */
      verifiedBy: SchemeName | null;
      contentType: string;
      payload: string;
    };

export function receive(
  scheme: Scheme,
  request: WebhookRequest,
  source: { secrets: readonly string[]; eventType: EventTypeRule | null },
  nowMs: number,
): Received {
  const verification = scheme.verify(request, source.secrets, nowMs);
  if (verification.kind === "refused") return verification;
  if (scheme.handshake?.(request) === true) return { kind: "handshake" };
  const { contentType, text, json } = request.payload();
  if (scheme.needsJson && json === undefined) {
    return refused(
      400,
      "bad_json",
      `the body is not JSON; ${scheme.name} writes the event's type and id into a JSON body`,
    );
  }
  return {
    kind: "event",
    type: typeOf(request, source.eventType, scheme),
    deliveryId: deliveryId(scheme.deliveryId(request)),
    verifiedBy: verification.kind === "verified" ? scheme.name : null,
    contentType,
    payload: text,
  };
}

/**
 * What a webhook request becomes: verified first, over the raw body; only then is the body parsed, for handshake, type and
 * id. One function, so that no adapter can get the order wrong.
 */
import { typeOf } from "../event-type.ts";
import { deliveryId } from "../grammar.ts";
import type { WebhookRequest } from "../payload.ts";
import type { EventTypeRule, SchemeName } from "../source.ts";
import { ACCEPTED, type Answer } from "./answer.ts";
import { noSecret, notJson, type Refusal } from "./refusals.ts";
import type { Scheme, Terms } from "./scheme.ts";

export type Received =
  | Refusal
  /** Accepted, not queued. */
  | { kind: "handshake"; answer: Answer }
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
      /** When it is stored. */
      answer: Answer;
    };

export interface ReceivingSource extends Terms {
  readonly eventType: EventTypeRule | null;
}

export function receive(
  scheme: Scheme,
  request: WebhookRequest,
  source: ReceivingSource,
  nowMs: number,
): Received {
  const verification = verified(scheme, request, source, nowMs);
  if (verification.kind === "refused") {
    const { challenge } = scheme;
    return challenge === undefined ? verification : { ...verification, challenge };
  }
  const secret = verification.kind === "verified" ? source.secrets[verification.secret] : undefined;
  const greeted = scheme.handshake?.(request, secret ?? "");
  if (greeted !== undefined) return { kind: "handshake", answer: greeted };
  const { contentType, text, json } = request.payload();
  if (scheme.needsJson && json === undefined) return notJson(scheme);
  return {
    kind: "event",
    type: typeOf(request, source.eventType, scheme),
    deliveryId: deliveryId(scheme.deliveryId(request, source)),
    verifiedBy: verification.kind === "verified" ? scheme.name : null,
    contentType,
    payload: text,
    answer: scheme.answer?.(request) ?? ACCEPTED,
  };
}

/** A source without its secret verifies nobody, whatever comes. */
function verified(scheme: Scheme, request: WebhookRequest, source: Terms, nowMs: number) {
  if (scheme.secret.from !== "nobody" && source.secrets.length === 0) return noSecret(scheme);
  return scheme.verify(request, source, nowMs);
}

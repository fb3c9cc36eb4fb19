/**
 * A verification scheme: how one provider proves that a request is its own, and where it writes type and id. Each scheme
 * is one file that implements this, and can sign as well as verify, so that samples and tests take the same way in as
 * the provider. A scheme never throws on what a stranger sent, and nothing that it says holds a secret (promise 10).
 */
import type { WebhookRequest } from "../payload.ts";
import type { SchemeName } from "../source.ts";

export type Verification =
  | { kind: "verified" }
  /** Scheme `none`: accepted, and nobody vouches for it. */
  | { kind: "unverified" }
  | Refusal;

/** `status` is HTTP's; the message says what is wrong and what to do. */
export interface Refusal {
  kind: "refused";
  status: 400 | 401;
  code: "no_secret" | "missing_signature" | "bad_signature" | "stale_timestamp" | "bad_json";
  message: string;
}

/** Who makes up the secret that a source of this scheme needs. */
export type SecretPolicy =
  /** The owner: a source made without one gets one, shown once, to be pasted at the provider. */
  | { kind: "owner" }
  /** The provider: until the source has it, every request is refused. */
  | { kind: "provider"; whereToFind: string }
  | { kind: "none" };

export interface Scheme {
  readonly name: SchemeName;
  readonly secret: SecretPolicy;
  /** What whoever sets the sender up, or writes it, has to know beside URL and secret; told when a source is made. */
  readonly howToSend?: string;
  /** The payload must be JSON, because the provider's type and id stand in it. */
  readonly needsJson: boolean;
  /** Reads headers and raw body only. `secrets`: any of them may have signed, so that they can be rotated. */
  verify(request: WebhookRequest, secrets: readonly string[], nowMs: number): Verification;
  /** The headers (lower case) that prove the body as the provider would. */
  sign(body: Uint8Array, secret: string, nowMs: number): Record<string, string>;
  /** What the provider calls the type of this request; undefined: it does not say. */
  eventType(request: WebhookRequest): string | undefined;
  /** The provider's id of this delivery, the same when it tries again (promise 6); not yet in our grammar. */
  deliveryId(request: WebhookRequest): string | undefined;
  /** True: the provider only asks whether anybody is there; accepted and not queued. */
  handshake?(request: WebhookRequest): boolean;
}

export const refused = (status: Refusal["status"], code: Refusal["code"], message: string): Refusal => ({
  kind: "refused",
  status,
  code,
  message,
});

/**
 * A verification scheme: how one provider proves that a request is its own, where it writes type and id, and what it wants to hear.
 * Each scheme is one file that implements this, and can sign as well as verify, so that samples and tests take the same way in as
 * the provider. A scheme never throws on what a stranger sent, and nothing that it says holds a secret (promise 10).
 */
import type { Headers, WebhookRequest } from "../payload.ts";
import type { SchemeName, SourceOptions } from "../source.ts";
import type { Answer } from "./answer.ts";
import type { Refusal } from "./refusals.ts";
import type { SecretRule } from "./secret-rule.ts";

export type Verification =
  /** `secret`: which of the source's, counted from the newest. */
  | { kind: "verified"; secret: number }
  /** Scheme `none`: accepted, and nobody vouches for it. */
  | { kind: "unverified" }
  | Refusal;

/** What a source brings to its scheme. */
export interface Terms {
  /** Newest first. Any of them may have signed, so that they can be rotated. */
  readonly secrets: readonly string[];
  /** Where the provider posts to, by the configured public URL: never by what a request says of its host. */
  readonly url: string;
  readonly options: SourceOptions | null;
}

/** A request before it is signed. */
export interface Unsigned {
  readonly headers: Headers;
  readonly body: Uint8Array;
  readonly url: string;
}

export interface Scheme {
  readonly name: SchemeName;
  /** As people call whoever sends. */
  readonly provider: string;
  readonly secret: SecretRule;
  /** What is left to do where the requests come from, told when a source is made: two lines. */
  steps(url: string): readonly [string, string];
  /** The payload must be JSON, because the provider's type and id stand in it. */
  readonly needsJson: boolean;
  /** Who shows no credentials is told by this `WWW-Authenticate` which ones are wanted (RFC 9110, 11.6.1). */
  readonly challenge?: string;
  /** Of the body it reads nothing but raw bytes, until they are proved. */
  verify(request: WebhookRequest, source: Terms, nowMs: number): Verification;
  /** The headers (lower case) that prove the request as the provider would. */
  sign(request: Unsigned, secret: string, nowMs: number): Record<string, string>;
  /** What the provider calls the type of this request; undefined: it does not say. */
  eventType(request: WebhookRequest): string | undefined;
  /** The provider's id of this delivery, the same when it tries again (promise 6); not yet in our grammar. */
  deliveryId(request: WebhookRequest, source: Terms): string | undefined;
  /** What to answer where the provider only asks whether anybody is there; undefined: it is an event. `secret`: that signed. */
  handshake?(request: WebhookRequest, secret: string): Answer | undefined;
  /** What the provider wants to hear when its event was stored; without it `ACCEPTED`. */
  answer?(request: WebhookRequest): Answer;
}

/** Requests as a provider signs them, and what a scheme says of them. */
import { createHash } from "node:crypto";
import { type Headers, type WebhookRequest, webhookRequest } from "../../../src/domain/payload.ts";
import {
  type Answer,
  keysOf,
  type Received,
  receive,
  schemes,
  type Terms,
} from "../../../src/domain/schemes/index.ts";
import type { SchemeName, SourceOptions } from "../../../src/domain/source.ts";

export const NOW = 1_700_000_000_000;
export const SECONDS = NOW / 1000;
export const URL = "https://box.example.org/webhook/p_1/source";

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Of a scheme; another seed, another pair. */
export const keys = (name: SchemeName, seed = "own") =>
  keysOf(schemes[name].secret, createHash("sha256").update(seed).digest());

export const terms = (secrets: readonly string[], options: SourceOptions | null = null): Terms => ({
  secrets,
  url: URL,
  options,
});

export interface Asked {
  name: SchemeName;
  headers?: Headers;
  body?: string | Uint8Array;
  query?: string;
  /** Default: the scheme's own. */
  secrets?: readonly string[];
  url?: string;
  options?: SourceOptions;
  now?: number;
}

export function request({ headers = {}, body = "{}", query = "" }: Omit<Asked, "name">): WebhookRequest {
  return webhookRequest(headers, typeof body === "string" ? bytes(body) : body, query);
}

/** What becomes of a request that is as given. */
export function received(asked: Asked): Received {
  const { name, secrets = [keys(name).given], url = URL, options = null, now = NOW } = asked;
  return receive(schemes[name], request(asked), { secrets, url, options, eventType: null }, now);
}

/** The refusal's code, or what it became. */
export function outcome(asked: Asked): string {
  const became = received(asked);
  return became.kind === "refused" ? became.code : became.kind;
}

/** The same, signed by the scheme's own key. */
export function signed(asked: Asked & { signing?: string }): Asked {
  const { name, headers = {}, body = "{}", now = NOW, signing = keys(name).signing, url = URL } = asked;
  const raw = typeof body === "string" ? bytes(body) : body;
  return {
    ...asked,
    headers: { ...headers, ...schemes[name].sign({ headers, body: raw, url }, signing, now) },
  };
}

export const event = (asked: Asked) => {
  const became = received(asked);
  if (became.kind !== "event") throw new Error(`it became ${JSON.stringify(became)}`);
  return became;
};

export function greeting(asked: Asked): Answer {
  const became = received(asked);
  if (became.kind !== "handshake") throw new Error(`it became ${JSON.stringify(became)}`);
  return became.answer;
}

export const typeAndId = (asked: Asked) => {
  const { type, deliveryId } = event(asked);
  return [type, deliveryId];
};

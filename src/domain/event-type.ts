/**
 * The type of a webhook's event. A source's own rule comes first, `{ header?, body?, action? }`: the first of header and
 * body that yields a text is the type, and the action is appended with a dot. Where the rule yields nothing, the scheme
 * says what its provider calls a type. A type stands outside the payload's boundary, so what does not fit the grammar is
 * `unknown` (promise 12).
 */
import { textAt } from "./dotted-path.ts";
import { eventType } from "./grammar.ts";
import { header, type WebhookRequest } from "./payload.ts";
import type { Scheme } from "./schemes/scheme.ts";
import type { EventTypeRule } from "./source.ts";

/** The request must be verified: this reads its body. */
export function typeOf(request: WebhookRequest, rule: EventTypeRule | null, scheme: Scheme): string {
  return eventType(byRule(request, rule ?? {}) ?? scheme.eventType(request) ?? "unknown");
}

function byRule(request: WebhookRequest, rule: EventTypeRule): string | undefined {
  const base = fromHeader(request, rule.header) ?? fromBody(request, rule.body);
  // Without a base the scheme's own rule decides whole, and it may have appended this very action already.
  if (base === undefined) return undefined;
  const action = fromBody(request, rule.action);
  return action === undefined ? base : `${base}.${action}`;
}

const fromHeader = (request: WebhookRequest, name: string | undefined): string | undefined =>
  name === undefined ? undefined : header(request.headers, name) || undefined;

const fromBody = (request: WebhookRequest, path: string | undefined): string | undefined =>
  path === undefined ? undefined : textAt(request.json(), path);

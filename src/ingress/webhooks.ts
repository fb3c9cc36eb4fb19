/**
 * `POST /webhook/{profileId}/{slug}`: verified over the raw bytes, then typed, routed and stored; only then answered
 * (promise 1). Nothing is parsed and nothing written for a request whose signature is wrong.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { SignalboxError } from "../domain/errors.ts";
import { webhookRequest } from "../domain/payload.ts";
import type { Clock } from "../domain/ports/clock.ts";
import { receive, schemes } from "../domain/schemes/index.ts";
import type { Events } from "../services/events.ts";
import type { Log } from "../services/log.ts";
import type { OpenSource, Sources } from "../services/sources.ts";
import { webhookArrival } from "../services/webhook-arrival.ts";
import { answerAccepted } from "./acceptance.ts";
import { type Address, addressOf, queryOf } from "./address.ts";
import { readBody } from "./body.ts";
import { answerError, refuse } from "./http-status.ts";
import { secretsOf } from "./locked-source.ts";

export interface WebhookParts {
  sources: Sources;
  events: Events;
  clock: Clock;
  log: Log;
  maxBodyBytes: number;
}

interface Parts extends WebhookParts {
  secretsFor: (known: OpenSource) => readonly string[];
}

/** Takes the request if it is to a webhook's address, whoever's; false: it is for somebody else. */
export function webhooks(given: WebhookParts) {
  const parts: Parts = { ...given, secretsFor: secretsOf(given) };
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const address = addressOf(request.url ?? "");
    if (address === null) return false;
    take(parts, address, request, response).catch((error: unknown) =>
      answerError(parts.log, error, request, response),
    );
    return true;
  };
}

async function take(
  parts: Parts,
  address: Address,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== "POST") {
    response.setHeader("Allow", "POST");
    return refuse(response, 405, "method_not_allowed", "webhooks are posted; send POST");
  }
  const known = await findSource(parts.sources, address, response);
  const body = await readBody(request, response, parts.maxBodyBytes);
  await accept(parts, known, request, body, response);
}

/** Before the body is read: an unknown address costs nothing. Profile or slug, the answer doesn't say which. */
async function findSource(sources: Sources, address: Address, response: ServerResponse): Promise<OpenSource> {
  const known = await sources.find(decodeURIComponent(address.profileId), decodeURIComponent(address.slug));
  if (known !== null) return known;
  response.setHeader("Connection", "close");
  throw new SignalboxError(
    "missing",
    "unknown_source",
    "there is no webhook source at this address",
    "Compare it with the URL that source_list shows",
  );
}

async function accept(
  { events, sources, clock, log, secretsFor }: Parts,
  known: OpenSource,
  { headers, url: target }: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<void> {
  const { source, url } = known;
  const { eventType, options } = source;
  const asked = webhookRequest(headers, body, queryOf(target ?? ""));
  const checks = { secrets: secretsFor(known), url, eventType, options };
  const received = receive(schemes[source.scheme], asked, checks, clock.now());
  switch (received.kind) {
    case "refused":
      log.warn(
        { account: source.account, source: source.id, slug: source.slug, code: received.code },
        "webhook refused",
      );
      sources.heard.refused(source, received.code);
      if (received.challenge !== undefined) response.setHeader("WWW-Authenticate", received.challenge);
      return refuse(response, received.status, received.code, received.message);
    case "handshake":
      sources.heard.accepted(source);
      return answerAccepted(response, received.answer, { status: "handshake" });
    case "event": {
      const accepted = await events.accept(webhookArrival(source, { ...received, json: () => asked.json() }));
      sources.heard.accepted(source);
      return answerAccepted(response, received.answer, accepted);
    }
  }
}

/**
 * `POST /webhook/{profileId}/{slug}`: verified over the raw bytes, then typed, routed and stored; only then answered
 * (promise 1). Nothing is parsed and nothing written for a request whose signature is wrong.
 */
import { type Request, type RequestHandler, type Response, Router } from "express";
import { SignalboxError } from "../domain/errors.ts";
import { Slug } from "../domain/grammar.ts";
import { ProfileId } from "../domain/ids.ts";
import { webhookRequest } from "../domain/payload.ts";
import type { Clock } from "../domain/ports/clock.ts";
import { route } from "../domain/routing.ts";
import { receive, schemes } from "../domain/schemes/index.ts";
import type { Source } from "../domain/source.ts";
import type { Accepted, Events } from "../services/events.ts";
import type { Log } from "../services/log.ts";
import type { Sources } from "../services/sources.ts";
import { refuse } from "./http-status.ts";
import { bodyOf, rawBody } from "./raw-body.ts";

export interface WebhookParts {
  sources: Sources;
  events: Events;
  clock: Clock;
  log: Log;
  maxBodyBytes: number;
}

export function webhooks(parts: WebhookParts): Router {
  const router = Router();
  router
    .route("/webhook/:profileId/:slug")
    .post(findSource(parts.sources), rawBody(parts.maxBodyBytes), accept(parts))
    .all((_request, response) => {
      response.setHeader("Allow", "POST");
      refuse(response, 405, "method_not_allowed", "webhooks are posted; send POST");
    });
  return router;
}

/** Before the body is read: an unknown address costs nothing. Profile or slug, the answer doesn't say which. */
function findSource(sources: Sources): RequestHandler {
  return async (request, response, next) => {
    const { profileId, slug } = request.params;
    const known = ProfileId.safeParse(profileId).success && Slug.safeParse(slug).success;
    const source = known ? await sources.find(String(profileId), String(slug)) : null;
    if (source === null) {
      response.setHeader("Connection", "close");
      throw new SignalboxError(
        "missing",
        "unknown_source",
        "there is no webhook source at this address",
        "Compare it with the URL that source_list shows",
      );
    }
    response.locals.source = source;
    next();
  };
}

function accept({ sources, events, clock, log }: WebhookParts) {
  return async (request: Request, response: Response): Promise<void> => {
    const source = response.locals.source as Source; // Set by findSource, always before this.
    const scheme = schemes[source.scheme];
    const asked = webhookRequest(request.headers, bodyOf(request));
    const secrets = sources.secretsOf(source);
    const received = receive(scheme, asked, { secrets, eventType: source.eventType }, clock.now());
    switch (received.kind) {
      case "refused":
        log.warn(
          { account: source.account, source: source.id, slug: source.slug, code: received.code },
          "webhook refused",
        );
        return refuse(response, received.status, received.code, received.message);
      case "handshake":
        response.status(202).json({ ok: true, status: "handshake" });
        return;
      case "event": {
        const { type, deliveryId, verifiedBy, contentType, payload } = received;
        const { account, lane, priority, slug: from, id: sourceId } = source;
        const accepted = await events.accept({
          facts: { account, lane, origin: "webhook", priority, from, sourceId, type, verifiedBy, deliveryId },
          routed: route(source, type),
          contentType,
          payload,
        });
        response.status(202).json(answerOf(accepted));
      }
    }
  };
}

const answerOf = (accepted: Accepted) => ({ ok: true, ...accepted });

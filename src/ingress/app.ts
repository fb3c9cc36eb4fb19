/** The HTTP side: webhooks, and what a supervisor asks. */
import express, { type Express } from "express";
import type { Store } from "../domain/ports/store.ts";
import { errorHandler, refuse } from "./http-status.ts";
import { type WebhookParts, webhooks } from "./webhooks.ts";

export interface IngressParts extends WebhookParts {
  store: Store;
  /** False until all is up, and from the moment that the server was told to leave. */
  isReady: () => boolean;
}

export function ingress(parts: IngressParts): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.use(webhooks(parts));

  /** The process lives. */
  app.get("/healthz", (_request, response) => {
    response.json({ ok: true });
  });

  /** It can store what it is sent, and is not about to leave. */
  app.get("/readyz", async (_request, response) => {
    if (!parts.isReady())
      return refuse(response, 503, "not_ready", "the server is starting or leaving; ask again later");
    await parts.store.accounts();
    response.json({ ok: true });
  });

  app.use((_request, response) => {
    refuse(response, 404, "not_found", "nothing is here; webhooks go to /webhook/{profileId}/{slug}");
  });
  app.use(errorHandler(parts.log));
  return app;
}

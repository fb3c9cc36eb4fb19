/**
 * The HTTP side: webhooks, the sign-in, and what a supervisor asks. Webhooks stand before Express, because what a thousand senders a second
 * post is worth a short way; all else is Express's.
 */
import type { RequestListener } from "node:http";
import express, { type Express, type NextFunction, type Request, type Response } from "express";
import type { Store } from "../domain/ports/store.ts";
import { answer, answerError, refuse } from "./http-status.ts";
import { type SignInParts, signInPages } from "./sign-in/sign-in.ts";
import { type WebhookParts, webhooks } from "./webhooks.ts";

export interface IngressParts extends WebhookParts {
  store: Store;
  /** False until all is up, and from the moment that the server was told to leave. */
  isReady: () => boolean;
  signIn: SignInParts;
}

export function ingress(parts: IngressParts): RequestListener {
  const takeWebhook = webhooks(parts);
  const rest = pages(parts);
  return (request, response) => {
    if (!takeWebhook(request, response)) rest(request, response);
  };
}

function pages({ store, isReady, log, signIn }: IngressParts): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");

  /** The process lives. */
  app.get("/healthz", (_request, response) => answer(response, 200, { ok: true }));

  /** It can store what it is sent, and is not about to leave. */
  app.get("/readyz", async (_request, response) => {
    if (!isReady())
      return refuse(response, 503, "not_ready", "the server is starting or leaving; ask again later");
    await store.accounts();
    answer(response, 200, { ok: true });
  });

  /** Who asks here with `Upgrade: websocket` never comes so far. */
  app.get("/ws", (_request, response) => {
    response.setHeader("Upgrade", "websocket");
    refuse(response, 426, "upgrade_required", "this is for Clawback's plugin; connect with a WebSocket");
  });

  signInPages(app, signIn);

  app.use((_request, response) => {
    refuse(response, 404, "not_found", "nothing is here; webhooks go to /webhook/{profileId}/{slug}");
  });
  // Express knows an error handler by its four parameters.
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) =>
    answerError(log, error, request, response),
  );
  return app;
}

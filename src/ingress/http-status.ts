/** The form of every answer, and the one mapping of our errors to HTTP's statuses: for Express and for what stands before it. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { type ErrorClass, reasonOf, SignalboxError, TooOften } from "../domain/errors.ts";
import type { Log } from "../services/log.ts";
import { endLingering } from "./lingering.ts";

const STATUS: Record<ErrorClass, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  missing: 404,
  conflict: 409,
  too_large: 413,
  full: 429,
  unavailable: 503,
};

/** Seconds; providers try again by themselves, most of them later. */
const RETRY_AFTER: Partial<Record<ErrorClass, string>> = { unavailable: "5", full: "60" };

export interface ErrorBody {
  ok: false;
  code: string;
  error: string;
}

export function answer(response: ServerResponse, status: number, body: object): void {
  answerText(response, status, "application/json; charset=utf-8", JSON.stringify(body));
}

export function answerText(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { "Content-Type": type, "Content-Length": Buffer.byteLength(text) });
  if (response.getHeader("Connection") === "close") endLingering(response, text);
  else response.end(text);
}

export function answerEmpty(response: ServerResponse, status: number): void {
  response.writeHead(status, status === 204 ? {} : { "Content-Length": 0 }).end();
}

export function refuse(response: ServerResponse, status: number, code: string, error: string): void {
  answer(response, status, { ok: false, code, error } satisfies ErrorBody);
}

/** What went wrong with a request, told to its sender. What is not ours is a bug: logged, and answered without its text. */
export function answerError(
  log: Log,
  error: unknown,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (response.headersSent) {
    // Too late to say anything else: the sender is not to take it for whole.
    response.destroy();
  } else if (error instanceof SignalboxError) {
    const later = error instanceof TooOften ? String(error.retryAfterSeconds) : RETRY_AFTER[error.kind];
    if (later !== undefined) response.setHeader("Retry-After", later);
    refuse(response, STATUS[error.kind], error.code, error.line);
  } else if (error instanceof URIError) {
    refuse(response, 400, "bad_url", "the URL can't be decoded; correct it");
  } else {
    log.error({ method: request.method, error: reasonOf(error) }, "a request failed");
    refuse(response, 500, "internal", "the server failed; its log says more");
  }
}

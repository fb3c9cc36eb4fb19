/** The one mapping of our errors to HTTP's statuses, and the form in which they are answered. */
import type { NextFunction, Request, Response } from "express";
import { type ErrorClass, reasonOf, SignalboxError } from "../domain/errors.ts";
import type { Log } from "../services/log.ts";

const STATUS: Record<ErrorClass, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  missing: 404,
  conflict: 409,
  too_large: 413,
  unavailable: 503,
};

/** Seconds; providers try again by themselves, most of them later. */
const RETRY_AFTER = "5";

export interface ErrorBody {
  ok: false;
  code: string;
  error: string;
}

export function refuse(response: Response, status: number, code: string, error: string): void {
  response.status(status).json({ ok: false, code, error } satisfies ErrorBody);
}

/** Express's last handler. What is not ours is a bug: logged, and answered without its text. */
export function errorHandler(log: Log) {
  return (error: unknown, request: Request, response: Response, next: NextFunction): void => {
    if (response.headersSent) {
      next(error);
    } else if (error instanceof SignalboxError) {
      if (error.kind === "unavailable") response.setHeader("Retry-After", RETRY_AFTER);
      refuse(response, STATUS[error.kind], error.code, error.line);
    } else if (error instanceof URIError) {
      refuse(response, 400, "bad_url", "the URL can't be decoded; correct it");
    } else {
      log.error({ method: request.method, error: reasonOf(error) }, "a request failed");
      refuse(response, 500, "internal", "the server failed; its log says more");
    }
  };
}

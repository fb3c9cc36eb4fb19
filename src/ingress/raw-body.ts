/**
 * The raw body, because a signature is over its bytes. What is over the limit is answered without being read on: the
 * connection is closed, because the rest of the body stands in the way of a next request.
 */
import type { NextFunction, Request, RequestHandler, Response } from "express";
import express from "express";
import { SignalboxError } from "../domain/errors.ts";

/** What body-parser's errors are called: https://github.com/expressjs/body-parser#errors */
const TOO_LARGE = "entity.too.large";
const COMPRESSED = "encoding.unsupported";

export function rawBody(maxBodyBytes: number): RequestHandler {
  const read = express.raw({ type: () => true, limit: maxBodyBytes, inflate: false });
  return (request: Request, response: Response, next: NextFunction) => {
    read(request, response, (error?: unknown) => {
      if (error === undefined) return next();
      response.setHeader("Connection", "close");
      next(bodyError(error, maxBodyBytes));
    });
  };
}

/** Empty where the request had none. */
export const bodyOf = (request: Request): Uint8Array =>
  Buffer.isBuffer(request.body) ? request.body : new Uint8Array();

function bodyError(error: unknown, limit: number): SignalboxError {
  const { type, length } = error as { type?: string; length?: number };
  if (type === TOO_LARGE) {
    return new SignalboxError(
      "too_large",
      "body_too_large",
      `the body of ${length ?? "more than the allowed"} bytes is over maxBodyBytes ${limit}`,
      "Send less, or raise SIGNALBOX_MAX_BODY_BYTES",
    );
  }
  if (type === COMPRESSED) {
    return new SignalboxError(
      "invalid",
      "compressed_body",
      "the body is compressed",
      "Send it without Content-Encoding",
    );
  }
  return new SignalboxError("invalid", "bad_body", "the body could not be read", "Send it again", error);
}

/**
 * The raw body, because a signature is over its bytes. What is over the limit is answered without being read on (Express's
 * own parser would read it to its end first); the connection is closed, because the rest stands in the way of a next
 * request.
 */
import type { NextFunction, Request, RequestHandler, Response } from "express";
import readBody from "raw-body";
import { SignalboxError } from "../domain/errors.ts";

/** https://github.com/stream-utils/raw-body#errors */
const TOO_LARGE = "entity.too.large";

export function rawBody(maxBodyBytes: number): RequestHandler {
  return async (request: Request, response: Response, next: NextFunction) => {
    try {
      requirePlain(request);
      const length = request.headers["content-length"];
      request.body = await readBody(request, {
        limit: maxBodyBytes,
        ...(length === undefined ? {} : { length }),
      });
    } catch (error) {
      response.setHeader("Connection", "close");
      throw error instanceof SignalboxError ? error : bodyError(error, maxBodyBytes);
    }
    next();
  };
}

/** Empty where the request had none. */
export const bodyOf = (request: Request): Uint8Array =>
  Buffer.isBuffer(request.body) ? request.body : new Uint8Array();

/** A signature is over what was sent; nothing is unpacked for a sender who is not known yet. */
function requirePlain({ headers }: Request): void {
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding === "identity") return;
  throw new SignalboxError(
    "invalid",
    "compressed_body",
    "the body is compressed",
    "Send it without Content-Encoding",
  );
}

function bodyError(error: unknown, limit: number): SignalboxError {
  const { type, expected } = error as { type?: string; expected?: number };
  if (type !== TOO_LARGE) {
    return new SignalboxError("invalid", "bad_body", "the body could not be read", "Send it again", error);
  }
  const size = expected === undefined ? "" : ` of ${expected} bytes`;
  return new SignalboxError(
    "too_large",
    "body_too_large",
    `the body${size} is over maxBodyBytes ${limit}`,
    "Send less, or raise SIGNALBOX_MAX_BODY_BYTES",
  );
}

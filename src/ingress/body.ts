/**
 * The raw body, because a signature is over its bytes. What is over the limit is refused without being read on; the
 * connection is then closed, because the rest stands in the way of a next request.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { SignalboxError } from "../domain/errors.ts";

/** Empty where the request had none. On failure the answer will close the connection. */
export async function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  maxBodyBytes: number,
): Promise<Buffer> {
  try {
    requirePlain(request);
    requireFitting(request, maxBodyBytes);
    return await wholeBody(request, maxBodyBytes);
  } catch (error) {
    response.setHeader("Connection", "close");
    throw error;
  }
}

/** A signature is over what was sent; nothing is unpacked for a sender who is not known yet. */
function requirePlain({ headers }: IncomingMessage): void {
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding === "identity") return;
  throw new SignalboxError(
    "invalid",
    "compressed_body",
    "the body is compressed",
    "Send it without Content-Encoding",
  );
}

/** Before the first byte, where the sender says how much there is. */
function requireFitting({ headers }: IncomingMessage, limit: number): void {
  const declared = Number(headers["content-length"] ?? 0);
  if (declared > limit) throw tooLarge(limit, ` of ${declared} bytes`);
}

function wholeBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const take = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= limit) {
        chunks.push(chunk);
      } else {
        request.off("data", take).pause();
        reject(tooLarge(limit));
      }
    };
    request
      .on("data", take)
      // Most bodies come in one piece, and are not copied.
      .on("end", () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)))
      .on("error", (error) => reject(unreadable(error)))
      .on("close", () => {
        if (!request.readableEnded) reject(unreadable());
      });
  });
}

const unreadable = (cause?: Error): SignalboxError =>
  new SignalboxError("invalid", "bad_body", "the body could not be read", "Send it again", cause);

const tooLarge = (limit: number, size = ""): SignalboxError =>
  new SignalboxError(
    "too_large",
    "body_too_large",
    `the body${size} is over maxBodyBytes ${limit}`,
    "Send less, or raise SIGNALBOX_MAX_BODY_BYTES",
  );

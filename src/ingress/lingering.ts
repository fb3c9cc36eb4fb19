/**
 * The end of a connection whose sender is not done: he is answered at once, and what he still sends is read and thrown away for a
 * moment. Closed right away, the connection would be reset under the answer, and he would never learn why
 * (RFC 9112, 9.6: a server closes in stages).
 */
import type { ServerResponse } from "node:http";

/** Who has read his answer stops sending sooner. */
const LINGER_MS = 1_000;

/** Sends the last part of an answer that closes its connection. */
export function endLingering(response: ServerResponse, text: string): void {
  const { req: request } = response;
  if (request.complete) {
    response.end(text);
    return;
  }
  response.write(text);
  const end = () => {
    clearTimeout(late);
    response.end();
  };
  const late = setTimeout(end, LINGER_MS);
  request.once("end", end).once("error", end).once("close", end).resume();
}

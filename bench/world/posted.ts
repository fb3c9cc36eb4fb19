/** A webhook as plain bytes, on a connection that stands: the sender's own work is not measured. */
import { once } from "node:events";
import { connect } from "node:net";
import type { BenchSource } from "./server.ts";

/** When its first byte was written; throws where it is not accepted. */
export async function posted({ url }: BenchSource, webhook: Uint8Array | string): Promise<number> {
  const place = new URL(url);
  const socket = connect({ host: place.hostname, port: Number(place.port), noDelay: true });
  await once(socket, "connect");
  const postedAt = performance.now();
  socket.write(webhook);
  const [answer] = await once(socket.setEncoding("latin1"), "data");
  socket.destroy();
  if (!String(answer).startsWith("HTTP/1.1 202 ")) throw new Error(`a webhook was not accepted: ${answer}`);
  return postedAt;
}

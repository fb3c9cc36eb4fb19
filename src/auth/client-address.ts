/**
 * Who is counted for a request by address. Behind proxies it is whom the first of ours heard: each adds the address that it
 * was spoken to from at the end of `X-Forwarded-For`, and what stands before those may be the sender's own invention.
 */
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { peerOf } from "../edges/connections.ts";

/**
 * `hops`: how many proxies of ours stand in front. Who came past some of them is counted by what the rest say; what is no
 * address counts for nothing.
 */
export function clientAddress({ socket, headers }: IncomingMessage, hops: number): string {
  const told = headers["x-forwarded-for"];
  // Node joins several such headers by commas, in their order.
  if (hops === 0 || typeof told !== "string") return peerOf(socket);
  return addressIn(told.split(",").slice(-hops)[0] ?? "") ?? peerOf(socket);
}

/** Some proxies tell the port as well: `192.0.2.1:5012`, `[2001:db8::1]:5012`. */
function addressIn(text: string): string | null {
  const bare = text.trim().replace(/^\[([^\]]*)\](?::\d{1,5})?$/, "$1");
  const address = isIP(bare) === 0 ? bare.replace(/:\d{1,5}$/, "") : bare;
  switch (isIP(address)) {
    case 4:
      return address;
    case 6:
      // As a peer is named, so that its last group is not taken for a port.
      return `[${address}]`;
    default:
      return null;
  }
}

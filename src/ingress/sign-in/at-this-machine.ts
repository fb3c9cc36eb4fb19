/**
 * Whether a request comes from the server's own user on its own machine, who alone may sign in to the server's account. The address of the
 * connection decides, and nothing that is written in the request can make up for it. But a loopback address is not enough:
 *
 *   - a page of the world that has its name point here (DNS rebinding) is told by the Host that its browser sends;
 *   - a proxy or a tunnel on this machine, by what it adds, or by a public URL that says it is there;
 *   - another user of the machine, or a proxy that runs as one, by the owner of the connection's other end (on Linux).
 */
import type { IncomingMessage } from "node:http";
import type { TLSSocket } from "node:tls";
import { hostOf, isLoopback } from "../../domain/reach.ts";
import { ownerOfPeer } from "../../edges/socket-owner.ts";

/** For the log. */
export type NotHere = "not_loopback" | "not_by_loopback_name" | "came_by_proxy" | "is_public" | "other_user";

export interface Surroundings {
  /** Where the server says that it is reached; null: where it listens. */
  publicUrl: string | null;
  trustProxy: number;
}

/** Null: it comes from here. */
export async function notAtThisMachine(
  { socket, headers }: IncomingMessage,
  { publicUrl, trustProxy }: Surroundings,
): Promise<NotHere | null> {
  if (!isLoopbackAddress(socket.remoteAddress) || !isLoopbackAddress(socket.localAddress))
    return "not_loopback";
  // Somebody stands in front, so that the connection says nothing of who asks.
  if (isPublic({ publicUrl, trustProxy })) return "is_public";
  if (Object.keys(headers).some((name) => OF_PROXIES.test(name))) return "came_by_proxy";
  if (!isNameOfHere(headers.host ?? "", socket)) return "not_by_loopback_name";
  const owner = await ownerOfPeer(socket);
  return owner === null || owner === process.getuid?.() ? null : "other_user";
}

export const isPublic = ({ publicUrl, trustProxy }: Surroundings): boolean =>
  trustProxy > 0 || (publicUrl !== null && !isLoopback(hostOf(publicUrl)));

const OF_PROXIES =
  /^(?:forwarded|via|x-forwarded(?:-.*)?|x-original-.*|x-real-ip|x-client-ip|x-cluster-client-ip|client-ip|true-client-ip|cf-.*|fly-.*)$/;

const isLoopbackAddress = (address = ""): boolean => isLoopback(address.replace(/^::ffff:/i, ""));

/** An address that nobody can have point elsewhere, or the name that browsers know to be here; with this listener's port. */
function isNameOfHere(host: string, socket: IncomingMessage["socket"]): boolean {
  const url = URL.parse(`http://${host}`);
  if (url === null || url.host !== host.toLowerCase().replace(/:80$/, "")) return false;
  const byDefault = (socket as Partial<TLSSocket>).encrypted === true ? 443 : 80;
  const port = /:(\d+)$/.exec(host)?.[1] ?? byDefault;
  return isLoopback(hostOf(url.href)) && Number(port) === socket.localPort;
}

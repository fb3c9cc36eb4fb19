/** What the two listeners have in common: how they come up, and what is said when they can't. */
import type { AddressInfo, Server } from "node:net";
import { bothNames } from "./config/setting-names.ts";
import { reasonOf, SignalboxError } from "./domain/errors.ts";
import { hasCode } from "./edges/file-trouble.ts";
import type { TlsPair } from "./edges/tls-pair.ts";

export interface Listener {
  url: string;
  /** Shows another certificate to whoever connects from now on; what is open stays open. */
  renew(pair: TlsPair): void;
  /** Takes nothing new, lets what is under way end (soon), and closes. */
  close(): Promise<void>;
}

/** What is still under way when the server leaves has so long. */
export const CLOSE_MS = 3_000;

/** Whoever connects has so long to agree on TLS. */
const HANDSHAKE_MS = 10_000;

export const secured = ({ cert, key }: TlsPair) => ({
  cert,
  key,
  minVersion: "TLSv1.2" as const,
  handshakeTimeout: HANDSHAKE_MS,
});

/** What the cure names. */
const SETTINGS = {
  HTTP: { host: bothNames("httpHost"), port: bothNames("httpPort") },
  gRPC: { host: bothNames("grpcHost"), port: bothNames("grpcPort") },
} as const;

/** Resolves with the port when the server listens. */
export async function listen(
  server: Server,
  door: keyof typeof SETTINGS,
  { host, port }: { host: string; port: number },
): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(notListening(door, host, port, error)));
    server.listen(port, host, resolve);
  });
  // An address, because it listens on a port and not on a pipe.
  return (server.address() as AddressInfo).port;
}

export function urlOf(tls: TlsPair | null, host: string, port: number): string {
  return `${tls === null ? "http" : "https"}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function notListening(door: keyof typeof SETTINGS, host: string, port: number, error: Error): SignalboxError {
  const settings = SETTINGS[door];
  return hasCode(error, "EADDRINUSE")
    ? new SignalboxError(
        "conflict",
        "port_taken",
        `port ${port} on ${host} (${door}) is in use`,
        `Stop the other program, or choose another port by ${settings.port}`,
        error,
      )
    : new SignalboxError(
        "invalid",
        "cannot_listen",
        `${door} can't listen on ${host} port ${port}: ${reasonOf(error)}`,
        `Correct ${settings.host}, or choose another port by ${settings.port}`,
        error,
      );
}

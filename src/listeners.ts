/** The two doors of the server: HTTP for webhooks, gRPC for plugins and commands. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server, ServerCredentials, type UntypedServiceImplementation } from "@grpc/grpc-js";
import type { Express } from "express";
import { ControlService } from "../proto/gen/signalbox/v1/control_pb.ts";
import { LinkService } from "../proto/gen/signalbox/v1/link_pb.ts";
import type { Settings } from "./config/settings.ts";
import { reasonOf, SignalboxError } from "./domain/errors.ts";
import { hasCode } from "./edges/file-trouble.ts";
import { grpcDefinition } from "./edges/grpc-definition.ts";

export interface Listener {
  url: string;
  /** Takes nothing new, lets what is under way end (soon), and closes. */
  close(): Promise<void>;
}

/** A slow sender has so long for its headers, and for all of its request. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;

/** What is still under way when the server leaves has so long. */
const CLOSE_MS = 3_000;

/** A link that breaks without a word is found within half a minute. */
const KEEPALIVE_MS = 20_000;
const KEEPALIVE_ANSWER_MS = 10_000;

export async function listenHttp({ httpHost, httpPort }: Settings, app: Express): Promise<Listener> {
  const server = createServer({ headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS }, app);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(notListening("HTTP", httpHost, httpPort, error)));
    server.listen(httpPort, httpHost, resolve);
  });
  // An address, because it listens on a port and not on a pipe.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${inUrl(httpHost)}:${port}`,
    close: () =>
      new Promise((resolve) => {
        const late = setTimeout(() => server.closeAllConnections(), CLOSE_MS);
        server.close(() => {
          clearTimeout(late);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

export async function listenGrpc(
  { grpcHost, grpcPort }: Settings,
  services: { link: UntypedServiceImplementation; control: UntypedServiceImplementation },
): Promise<Listener> {
  const server = new Server({
    "grpc.keepalive_time_ms": KEEPALIVE_MS,
    "grpc.keepalive_timeout_ms": KEEPALIVE_ANSWER_MS,
    "grpc.max_receive_message_length": 1_048_576,
  });
  server.addService(grpcDefinition(LinkService), services.link);
  server.addService(grpcDefinition(ControlService), services.control);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${inUrl(grpcHost)}:${grpcPort}`, ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(notListening("gRPC", grpcHost, grpcPort, error)),
    );
  });
  return {
    url: `http://${inUrl(grpcHost)}:${port}`,
    close: () =>
      new Promise((resolve) => {
        const late = setTimeout(() => server.forceShutdown(), CLOSE_MS);
        server.tryShutdown(() => {
          clearTimeout(late);
          resolve();
        });
      }),
  };
}

const inUrl = (host: string): string => (host.includes(":") ? `[${host}]` : host);

/** What the cure names. */
const SETTINGS = {
  HTTP: { host: "SIGNALBOX_HTTP_HOST", port: "SIGNALBOX_HTTP_PORT" },
  gRPC: { host: "SIGNALBOX_GRPC_HOST", port: "SIGNALBOX_GRPC_PORT" },
} as const;

function notListening(door: keyof typeof SETTINGS, host: string, port: number, error: Error): SignalboxError {
  const settings = SETTINGS[door];
  // grpc-js has Node's code in its message alone.
  const taken = hasCode(error, "EADDRINUSE") || error.message.includes("EADDRINUSE");
  return taken
    ? new SignalboxError(
        "conflict",
        "port_taken",
        `port ${port} on ${host} (${door}) is in use`,
        `Stop the other program, or choose another port with ${settings.port}`,
        error,
      )
    : new SignalboxError(
        "invalid",
        "cannot_listen",
        `${door} can't listen on ${host} port ${port}: ${reasonOf(error)}`,
        `Correct ${settings.host}, or choose another port with ${settings.port}`,
        error,
      );
}

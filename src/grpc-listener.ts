/**
 * The door for plugins and commands. Sockets are taken here and handed to grpc-js, so that they can be counted, timed and
 * cut: grpc-js bounds neither how many connect nor how long they say nothing.
 */
import { createServer, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { Server, ServerCredentials, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { ControlService } from "../proto/gen/signalbox/v1/control_pb.ts";
import { LinkService } from "../proto/gen/signalbox/v1/link_pb.ts";
import type { Settings } from "./config/settings.ts";
import { Connections } from "./edges/connections.ts";
import { grpcDefinition } from "./edges/grpc-definition.ts";
import type { TlsPair } from "./edges/tls-pair.ts";
import { CLOSE_MS, type Listener, listen, secured, urlOf } from "./listening.ts";

/** A link that breaks without a word is found within half a minute. */
const KEEPALIVE_MS = 20_000;
const KEEPALIVE_ANSWER_MS = 10_000;

/** The largest message that is read. Every frame and every request of ours is far smaller. */
const MESSAGE_BYTES = 1_048_576;

/** A plugin has one link and a few calls at a time on its connection. */
const STREAMS_A_CONNECTION = 64;

const MOST_CONNECTIONS = 10_000;
const MOST_STRANGERS = 1_000;

/** Whoever has shown no token that is known here by then is sent away. */
const STRANGER_MS = 20_000;
const SWEEP_MS = 2_000;

export interface GrpcParts {
  settings: Settings;
  tls: TlsPair | null;
  connections: Connections;
  link: UntypedServiceImplementation;
  control: UntypedServiceImplementation;
}

export const grpcConnections = (onFull: () => void): Connections =>
  new Connections({ most: MOST_CONNECTIONS, mostStrangers: MOST_STRANGERS, onFull });

export async function listenGrpc({
  settings,
  tls,
  connections,
  link,
  control,
}: GrpcParts): Promise<Listener> {
  const grpc = new Server({
    "grpc.keepalive_time_ms": KEEPALIVE_MS,
    "grpc.keepalive_timeout_ms": KEEPALIVE_ANSWER_MS,
    "grpc.max_receive_message_length": MESSAGE_BYTES,
    "grpc.max_concurrent_streams": STREAMS_A_CONNECTION,
  });
  grpc.addService(grpcDefinition(LinkService), link);
  grpc.addService(grpcDefinition(ControlService), control);
  const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
  const secure = tls === null ? null : createTlsServer({ ...secured(tls), ALPNProtocols: ["h2"] });
  const server = secure ?? createServer({ noDelay: true });
  server.on("connection", (socket) => connections.admit(socket));
  server.on(secure === null ? "connection" : "secureConnection", (socket: Socket) => {
    if (secure !== null) socket.on("error", () => {});
    injector.injectConnection(socket);
  });
  const { grpcHost: host, grpcPort } = settings;
  const port = await listen(server, "gRPC", { host, port: grpcPort });
  const sweep = setInterval(() => connections.cutStrangers(STRANGER_MS), SWEEP_MS);
  return {
    url: urlOf(tls, host, port),
    renew: (pair) => secure?.setSecureContext(secured(pair)),
    close: () =>
      new Promise((resolve) => {
        clearInterval(sweep);
        const late = setTimeout(() => {
          grpc.forceShutdown();
          connections.cutAll();
        }, CLOSE_MS);
        server.close(() => {
          clearTimeout(late);
          resolve();
        });
        grpc.tryShutdown(() => {});
      }),
  };
}

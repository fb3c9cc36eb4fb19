/**
 * The door for webhooks. It is open to anybody, so every wait has an end and every number a bound: who is slow, says
 * nothing or speaks something else is told so, and the others are served meanwhile.
 */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Duplex } from "node:stream";
import type { Settings } from "./config/settings.ts";
import { Connections, peerOf, type Standing } from "./edges/connections.ts";
import { hasCode } from "./edges/file-trouble.ts";
import type { TlsPair } from "./edges/tls-pair.ts";
import { CLOSE_MS, type Listener, listen, secured, urlOf } from "./listening.ts";

/** A slow sender has so long for its headers, and for all of its request. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;

/** How soon after it a wait that is over is found. */
const CHECK_MS = 1_000;

/** A connection without a request under way is kept so long for the next. */
const IDLE_MS = 5_000;

const HEADER_BYTES = 16_384;

/** A connection that waits costs some KiB. */
const MOST_CONNECTIONS = 2_000;

/** Requests that may be sent ahead of their answers. No sender of webhooks does so. */
const MOST_PIPELINED = 16;

/** Of one connection. */
interface Answers {
  last: ServerResponse;
  /** Before the last one. */
  waiting: number;
}

export interface HttpParts {
  settings: Settings;
  tls: TlsPair | null;
  app: RequestListener;
  /** For requests that become something else than HTTP. */
  upgrades?: {
    isFor: (request: IncomingMessage) => boolean;
    /** `trust`: whoever is there is wanted, and stays in a full house. */
    enter: (visitor: { request: IncomingMessage; socket: Duplex; head: Buffer; trust: () => void }) => void;
  };
  /** Too many came at once. */
  onFull: () => void;
}

export async function listenHttp({ settings, tls, app, upgrades, onFull }: HttpParts): Promise<Listener> {
  const options = {
    headersTimeout: HEADERS_MS,
    requestTimeout: REQUEST_MS,
    connectionsCheckingInterval: CHECK_MS,
    keepAliveTimeout: IDLE_MS,
    maxHeaderSize: HEADER_BYTES,
    // What else asks for another protocol (a client of HTTP/2, say) is served as HTTP/1.1: it may be refused.
    shouldUpgradeCallback: (request: IncomingMessage) => upgrades?.isFor(request) === true,
  };
  const secure = tls === null ? null : createTlsServer({ ...options, ...secured(tls) });
  const server = secure ?? createServer(options);
  const answers = new Map<string, Answers>();
  const connections = new Connections({
    most: MOST_CONNECTIONS,
    mostStrangers: MOST_CONNECTIONS,
    standing: (peer) => standingOf(answers.get(peer)?.last),
    onFull,
  });
  server.on("connection", (socket) => {
    const peer = peerOf(socket);
    socket.once("close", () => answers.delete(peer));
    connections.admit(socket);
  });
  server.on("request", (request, response) => {
    const peer = peerOf(request.socket);
    const before = answers.get(peer);
    const waiting = before === undefined || before.last.writableFinished ? 0 : before.waiting + 1;
    answers.set(peer, { last: response, waiting });
    // What came in one piece is read in one piece: thousands of requests whose answers nobody reads.
    if (waiting > MOST_PIPELINED) request.socket.destroy();
    else app(request, response);
  });
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const peer = peerOf(request.socket);
    upgrades?.enter({ request, socket, head, trust: () => connections.trust(peer) });
  });
  server.on("clientError", (error, socket) => refuseUnreadable(error, socket));
  const { httpHost: host, httpPort } = settings;
  const port = await listen(server, "HTTP", { host, port: httpPort });
  return {
    url: urlOf(tls, host, port),
    renew: (pair) => secure?.setSecureContext(secured(pair)),
    close: () =>
      new Promise((resolve) => {
        const late = setTimeout(() => connections.cutAll(), CLOSE_MS);
        server.close(() => {
          clearTimeout(late);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

function standingOf(answer: ServerResponse | undefined): Standing {
  if (answer === undefined || !answer.req.complete) return "owing";
  return answer.writableFinished ? "answered" : "served";
}

const TROUBLES: readonly (readonly [cause: string, status: string, code: string, error: string])[] = [
  [
    "ERR_HTTP_REQUEST_TIMEOUT",
    "408 Request Timeout",
    "too_slow",
    `headers must be here within ${HEADERS_MS / 1000} s and the whole request within ${REQUEST_MS / 1000} s; send it again`,
  ],
  [
    "HPE_HEADER_OVERFLOW",
    "431 Request Header Fields Too Large",
    "headers_too_large",
    `the request's line and headers are more than ${HEADER_BYTES} bytes; send fewer`,
  ],
];
const NOT_HTTP = ["", "400 Bad Request", "bad_request", "this is no HTTP/1.1 request; send one"] as const;

/** What Node can't read never becomes a request: answered here, in the words of all other refusals. */
function refuseUnreadable(error: Error, socket: Duplex): void {
  if (!socket.writable || hasCode(error, "ECONNRESET")) {
    socket.destroy();
    return;
  }
  const [, status, code, words] = TROUBLES.find(([cause]) => hasCode(error, cause)) ?? NOT_HTTP;
  const body = JSON.stringify({ ok: false, code, error: words });
  const head = `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close`;
  socket.end(`${head}\r\n\r\n${body}`, () => socket.destroy());
}

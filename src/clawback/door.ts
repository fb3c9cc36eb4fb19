/**
 * `/ws` of the HTTP listener, for Clawback's own plugin. No browser page comes in: a browser names the page's origin, a plugin has none.
 * A token travels only where nobody reads along: over TLS, or inside of this machine.
 */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { clientAddress } from "../auth/client-address.ts";
import { Connection, type ConnectionParts } from "./connection.ts";
import { Socket } from "./socket.ts";

/** Largest frame. Every frame of the plugin's is far smaller. */
const MOST_BYTES = 524_288;

/** Before they have shown a token. */
const MOST_STRANGERS = 500;

const PATH = /^\/ws\/?(?:\?.*)?$/;

export interface Visitor {
  request: IncomingMessage;
  socket: Duplex;
  head: Buffer;
  /** Whoever is there has shown a token that is known. */
  trust: () => void;
}

interface DoorSettings {
  allowPlaintext: boolean;
  trustProxy: number;
}

export class Door {
  readonly #parts: ConnectionParts;
  readonly #settings: DoorSettings;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MOST_BYTES,
    perMessageDeflate: false,
  });
  readonly #open = new Set<Connection>();
  /** Of these, in the order in which they came, those that have shown no token yet. */
  readonly #strangers = new Set<Connection>();
  #draining = false;

  constructor(parts: ConnectionParts, settings: DoorSettings) {
    this.#parts = parts;
    this.#settings = settings;
  }

  /** Whether a request is for this door; what else would change its protocol is served as if it did not ask. */
  static isFor({ method, url, headers }: Pick<IncomingMessage, "method" | "url" | "headers">): boolean {
    return method === "GET" && PATH.test(url ?? "") && headers.upgrade?.toLowerCase() === "websocket";
  }

  enter({ request, socket, head, trust }: Visitor): void {
    const refusal = this.#refusalOf(request);
    if (refusal !== null) {
      refuse(socket, refusal);
      return;
    }
    const peer = clientAddress(request, this.#settings.trustProxy);
    this.#sockets.handleUpgrade(request, socket, head, (client) => {
      const connection: Connection = new Connection(this.#parts, new Socket(client), peer, {
        onTrusted: () => {
          this.#strangers.delete(connection);
          trust();
        },
        onEnd: () => {
          this.#strangers.delete(connection);
          this.#open.delete(connection);
        },
      });
      this.#open.add(connection);
      this.#strangers.add(connection);
      if (this.#draining) connection.drain();
      else if (this.#strangers.size > MOST_STRANGERS) [...this.#strangers][0]?.drain();
    });
  }

  /** Tells every client to come back, and ends the links. */
  drain(): void {
    this.#draining = true;
    for (const connection of [...this.#open]) connection.drain();
  }

  #refusalOf({ headers, socket }: IncomingMessage): Refusal | null {
    if (headers.origin !== undefined) return PAGE;
    const isSecret = "encrypted" in socket || isLoopback(socket.remoteAddress);
    return isSecret || this.#settings.allowPlaintext ? null : PLAIN;
  }
}

interface Refusal {
  code: string;
  error: string;
}

const PAGE: Refusal = {
  code: "bad_origin",
  error: "web pages are not let in here; connect from a plugin, which sends no Origin",
};
const PLAIN: Refusal = {
  code: "plaintext",
  error:
    "without TLS only this machine is let in; set SIGNALBOX_TLS_CERT and SIGNALBOX_TLS_KEY and connect by wss",
};

const isLoopback = (address = ""): boolean =>
  address === "::1" || /^(?:::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(address);

function refuse(socket: Duplex, { code, error }: Refusal): void {
  const body = JSON.stringify({ ok: false, code, error });
  const head = `HTTP/1.1 403 Forbidden\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close`;
  socket.once("error", () => {});
  socket.end(`${head}\r\n\r\n${body}`, () => socket.destroy());
}

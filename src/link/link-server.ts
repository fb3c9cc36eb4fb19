/** All streams of this server: lets them in, and sends them away when the server leaves. */
import type { ConnectRequest, ConnectResponse } from "../../proto/gen/signalbox/v1/link_pb.ts";
import type { Caller, Stream, Transport } from "../domain/ports/transport.ts";
import { Connection, type ConnectionParts } from "./connection.ts";

export class LinkServer {
  readonly #parts: ConnectionParts;
  readonly #open = new Set<Connection>();
  #draining = false;

  constructor(parts: ConnectionParts, transport: Transport<ConnectRequest, ConnectResponse>) {
    this.#parts = parts;
    transport.accept((stream, caller) => this.#accept(stream, caller));
  }

  /** Tells every plugin to come back, and ends the streams. */
  drain(reconnectAfterSeconds: number): void {
    this.#draining = true;
    for (const connection of this.#open) connection.drain(reconnectAfterSeconds);
    this.#open.clear();
  }

  #accept(stream: Stream<ConnectRequest, ConnectResponse>, caller: Caller): void {
    const connection: Connection = new Connection(this.#parts, stream, caller, () =>
      this.#open.delete(connection),
    );
    this.#open.add(connection);
    if (this.#draining) connection.drain(1);
  }
}

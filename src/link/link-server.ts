/** All streams of this server: lets them in, and sends them away when the server leaves. */
import type { ConnectRequest, ConnectResponse } from "../../proto/gen/signalbox/v1/link_pb.ts";
import { SignalboxError } from "../domain/errors.ts";
import type { Caller, Stream, Transport } from "../domain/ports/transport.ts";
import { Connection, type ConnectionParts } from "./connection.ts";

/** Every session has one. Memory is what bounds them: some tens of KiB each. */
const MOST_STREAMS = 10_000;
const MOST_SILENT = 1_000;

export class LinkServer {
  readonly #parts: ConnectionParts;
  readonly #open = new Set<Connection>();
  /** Of these, in the order in which they came, those that have said nothing yet. */
  readonly #silent = new Set<Connection>();
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
    const connection: Connection = new Connection(this.#parts, stream, caller, {
      onHello: () => this.#silent.delete(connection),
      onEnd: () => {
        this.#silent.delete(connection);
        this.#open.delete(connection);
      },
    });
    this.#open.add(connection);
    this.#silent.add(connection);
    if (this.#draining) connection.drain(1);
    else if (this.#open.size > MOST_STREAMS || this.#silent.size > MOST_SILENT) this.#makeRoom(connection);
  }

  /** Who has said nothing for longest goes; where all have, the newcomer. */
  #makeRoom(newcomer: Connection): void {
    const [oldest = newcomer] = this.#silent;
    oldest.failed(crowded());
  }
}

const crowded = (): SignalboxError =>
  new SignalboxError(
    "unavailable",
    "crowded",
    `the server has as many links as it takes (${MOST_STREAMS}, ${MOST_SILENT} of them before their first frame)`,
    "The plugin tries again by itself; if it stays so, look in the server's log who connects so often",
  );

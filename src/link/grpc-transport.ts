/** The link over grpc-js: each call of Connect is a stream of the `Transport` port. */
import type { ServerDuplexStream, UntypedServiceImplementation } from "@grpc/grpc-js";
import type { ConnectRequest, ConnectResponse } from "../../proto/gen/signalbox/v1/link_pb.ts";
import type { Caller, Stream, Transport } from "../domain/ports/transport.ts";
import { bearerOf } from "../edges/grpc-caller.ts";
import { GrpcStream } from "./grpc-stream.ts";

type Call = ServerDuplexStream<ConnectRequest, ConnectResponse>;
type Handler = (stream: Stream<ConnectRequest, ConnectResponse>, caller: Caller) => void;

/** The connections that the calls come by, as `getPeer` names them. */
export interface Peers {
  /** A link that comes by it was welcomed. */
  trust(peer: string): void;
  cut(peer: string): void;
}

export class GrpcTransport implements Transport<ConnectRequest, ConnectResponse> {
  readonly #peers: Peers;
  #handler: Handler | null = null;

  constructor(peers: Peers) {
    this.#peers = peers;
  }

  accept(handler: Handler): void {
    this.#handler = handler;
  }

  /** What grpc-js serves as LinkService. */
  implementation(): UntypedServiceImplementation {
    return {
      connect: (call: Call) => {
        const caller: Caller = { token: bearerOf(call.metadata), peer: call.getPeer() };
        if (this.#handler === null) call.end();
        else this.#handler(new GrpcStream(call, this.#peers), caller);
      },
    };
  }
}

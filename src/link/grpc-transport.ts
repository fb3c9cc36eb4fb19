/** The link over grpc-js: each call of Connect is a stream of the `Transport` port. */
import type { ServerDuplexStream, UntypedServiceImplementation } from "@grpc/grpc-js";
import type { ConnectRequest, ConnectResponse } from "../../proto/gen/signalbox/v1/link_pb.ts";
import type { Caller, Stream, StreamListener, Transport } from "../domain/ports/transport.ts";
import { bearerOf } from "../edges/grpc-caller.ts";

type Call = ServerDuplexStream<ConnectRequest, ConnectResponse>;
type Handler = (stream: Stream<ConnectRequest, ConnectResponse>, caller: Caller) => void;

export class GrpcTransport implements Transport<ConnectRequest, ConnectResponse> {
  #handler: Handler | null = null;

  accept(handler: Handler): void {
    this.#handler = handler;
  }

  /** What grpc-js serves as LinkService. */
  implementation(): UntypedServiceImplementation {
    return {
      connect: (call: Call) => {
        const caller: Caller = { token: bearerOf(call.metadata), peer: call.getPeer() };
        if (this.#handler === null) call.end();
        else this.#handler(new GrpcStream(call), caller);
      },
    };
  }
}

class GrpcStream implements Stream<ConnectRequest, ConnectResponse> {
  readonly #call: Call;
  #ended = false;

  constructor(call: Call) {
    this.#call = call;
  }

  listen(listener: StreamListener<ConnectRequest>): void {
    const end = (clean: boolean, reason: string) => {
      if (this.#ended) return;
      this.#ended = true;
      listener.onEnd({ clean, reason });
    };
    this.#call.on("data", (frame: ConnectRequest) => {
      if (!this.#ended) listener.onFrame(frame);
    });
    this.#call.on("end", () => {
      end(true, "the plugin ended the stream");
      this.#call.end();
    });
    this.#call.on("cancelled", () => end(false, "the connection is gone"));
    this.#call.on("error", (error: Error) => end(false, error.message));
  }

  send(frame: ConnectResponse): void {
    if (!this.#ended && this.#call.writable) this.#call.write(frame);
  }

  end(): void {
    this.#call.end();
  }
}

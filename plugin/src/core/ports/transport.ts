import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import type { ConnectRequest, ConnectResponse } from "../../../../proto/gen/signalbox/v1/link_pb.ts";

/** Where the server is and who asks. */
export interface Target {
  /** `http://127.0.0.1:4401`, `https://host`. */
  remote: string;
  token: string;
  /** Certificates in PEM: with https nobody else is trusted. */
  ca?: string;
}

/** How a stream ended, told once. */
export interface StreamEnd {
  /** The other side said that it ends. */
  clean: boolean;
  reason: string;
  /** The server did not accept the token. */
  unauthenticated?: boolean;
}

export interface StreamListener<In> {
  onFrame(frame: In): void;
  onEnd(end: StreamEnd): void;
}

/**
 * One side of a bidirectional stream of typed frames. Frames arrive in order or the stream ends; nothing says that a
 * frame that was sent has arrived.
 */
export interface Stream<In, Out> {
  /** Puts a frame on its way; after the end it does nothing. */
  send(frame: Out): void;
  /** Ends the stream once what was sent has left; idempotent. */
  end(): void;
  /** Set once, before the first frame is read. */
  listen(listener: StreamListener<In>): void;
}

export type LinkStream = Stream<ConnectResponse, ConnectRequest>;

/** Why a call failed, as far as what to do next depends on it. */
export type CallFailure = "unavailable" | "unauthenticated" | "other";

export type Reply<O extends DescMessage> = { kind: "ok"; response: MessageShape<O> } | CallFailed;

export interface CallFailed {
  kind: "failed";
  failure: CallFailure;
  message: string;
  /** What the server says is to be done; absent: it has said nothing, as when nobody answered. */
  cure?: string;
}

/** The plugin's side of the wire. */
export interface Transport {
  open(target: Target): LinkStream;
  /** Never rejects. */
  call<I extends DescMessage, O extends DescMessage>(
    target: Target,
    method: DescMethodUnary<I, O>,
    request: MessageInitShape<I>,
  ): Promise<Reply<O>>;
  close(): void;
}

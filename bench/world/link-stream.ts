/**
 * The link's stream over plain HTTP/2. It knows as much of gRPC as one stream needs (messages behind five bytes of length), so
 * that the client costs little beside the server that is measured: both share the machine.
 */
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from "node:http2";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  type ConnectRequest,
  ConnectRequestSchema,
  type ConnectResponse,
  ConnectResponseSchema,
  LinkService,
} from "../../proto/gen/signalbox/v1/link_pb.ts";

/** A byte for compression, which nobody uses here, and four for the length. */
const PREFIX_BYTES = 5;

export class LinkStream {
  readonly #connection: ClientHttp2Session;
  readonly #stream: ClientHttp2Stream;
  readonly #onMessage: (message: ConnectResponse) => void;
  #unread: Buffer = Buffer.alloc(0);

  constructor(
    grpcUrl: string,
    token: string,
    onMessage: (message: ConnectResponse) => void,
    onFailure: (error: Error) => void,
  ) {
    this.#onMessage = onMessage;
    this.#connection = connect(grpcUrl).on("error", onFailure);
    this.#stream = this.#connection.request({
      ":method": "POST",
      ":path": `/${LinkService.typeName}/${LinkService.method.connect.name}`,
      "content-type": "application/grpc",
      te: "trailers",
      authorization: `Bearer ${token}`,
    });
    this.#stream.on("error", onFailure);
    this.#stream.on("data", (bytes: Buffer) => this.#read(bytes));
    this.#stream.on("trailers", ({ "grpc-status": status, "grpc-message": why }) => {
      if (status !== "0") onFailure(new Error(`the link ended with status ${status}: ${why}`));
    });
  }

  send(message: ConnectRequest): void {
    const bytes = toBinary(ConnectRequestSchema, message);
    const framed = Buffer.alloc(PREFIX_BYTES + bytes.length);
    framed.writeUInt32BE(bytes.length, 1);
    framed.set(bytes, PREFIX_BYTES);
    this.#stream.write(framed);
  }

  close(): void {
    this.#connection.destroy();
  }

  #read(bytes: Buffer): void {
    let rest = this.#unread.length === 0 ? bytes : Buffer.concat([this.#unread, bytes]);
    while (rest.length >= PREFIX_BYTES) {
      const end = PREFIX_BYTES + rest.readUInt32BE(1);
      if (rest.length < end) break;
      const message = fromBinary(ConnectResponseSchema, rest.subarray(PREFIX_BYTES, end));
      rest = rest.subarray(end);
      this.#onMessage(message);
    }
    this.#unread = rest;
  }
}

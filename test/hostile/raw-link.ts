/** A link by hand, over Node's http2: what no client of ours would send, and answers that are never read. */
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from "node:http2";
import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import {
  ConnectRequestSchema,
  type ConnectResponse,
  ConnectResponseSchema,
} from "../../proto/gen/signalbox/v1/link_pb.ts";

type Init = Extract<NonNullable<MessageInitShape<typeof ConnectRequestSchema>["frame"]>, { case: string }>;

export const frameBytes = (frame: Init): Buffer =>
  messageBytes(Buffer.from(toBinary(ConnectRequestSchema, create(ConnectRequestSchema, { frame }))));

/** Length-prefixed, as gRPC wants it. */
export function messageBytes(body: Buffer, { flag = 0, length = body.length } = {}): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(flag, 0);
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, body]);
}

export class RawLink {
  readonly session: ClientHttp2Session;
  readonly stream: ClientHttp2Stream;
  readonly heard: ConnectResponse["frame"][] = [];
  /** `grpc-status` and its words, once they are there. */
  status: string | null = null;
  message = "";
  ended = false;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(url: string, { token }: { token: string }) {
    this.session = connect(url);
    this.session.on("error", () => {}).on("close", () => this.#end());
    this.stream = this.session.request(
      {
        [constants.HTTP2_HEADER_METHOD]: "POST",
        [constants.HTTP2_HEADER_PATH]: "/signalbox.v1.LinkService/Connect",
        "content-type": "application/grpc+proto",
        te: "trailers",
        authorization: `Bearer ${token}`,
      },
      { endStream: false },
    );
    const note = (headers: { [name: string]: unknown }) => {
      if (headers["grpc-status"] === undefined) return;
      this.status = String(headers["grpc-status"]);
      this.message = decodeURIComponent(String(headers["grpc-message"] ?? ""));
    };
    this.stream
      .on("response", note)
      .on("trailers", note)
      .on("error", () => {})
      .on("close", () => this.#end());
    this.stream.on("data", (chunk: Buffer) => this.#read(chunk));
  }

  hello(session = "hostile", tag = ""): this {
    const presence = { ready: true, hooks: true, waiter: true, life: true };
    return this.write(
      frameBytes({ case: "hello", value: { protocol: 1, session, tag, instance: "instance-1", presence } }),
    );
  }

  say(frame: Init): this {
    return this.write(frameBytes(frame));
  }

  write(bytes: Buffer): this {
    this.stream.write(bytes);
    return this;
  }

  get kinds(): (string | undefined)[] {
    return this.heard.map((frame) => frame.case);
  }

  close(): void {
    this.session.destroy();
  }

  #end(): void {
    this.ended = true;
  }

  #read(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    for (;;) {
      if (this.#bytes.length < 5) return;
      const end = 5 + this.#bytes.readUInt32BE(1);
      if (this.#bytes.length < end) return;
      this.heard.push(fromBinary(ConnectResponseSchema, this.#bytes.subarray(5, end)).frame);
      this.#bytes = this.#bytes.subarray(end);
    }
  }
}

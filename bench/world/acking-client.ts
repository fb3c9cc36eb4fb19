/** A session that does nothing but ack: a real gRPC stream of its own, with no more work than the protocol asks. */
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { Client, type ClientDuplexStream, credentials, Metadata } from "@grpc/grpc-js";
import {
  type Acked,
  type ConnectRequest,
  ConnectRequestSchema,
  type ConnectResponse,
  LinkService,
  Outcome,
} from "../../proto/gen/signalbox/v1/link_pb.ts";
import { grpcDefinition } from "../../src/edges/grpc-definition.ts";

type Frame = Extract<NonNullable<MessageInitShape<typeof ConnectRequestSchema>["frame"]>, { case: string }>;

interface Place {
  grpcUrl: string;
  token: string;
}

export class AckingClient {
  readonly #client: Client;
  readonly #stream: ClientDuplexStream<ConnectRequest, ConnectResponse>;
  readonly #welcomed = Promise.withResolvers<void>();
  #drained = Promise.withResolvers<number>();
  #acked = 0;
  #closed = false;
  #most = 0;

  /** Resolves when the session is welcomed to the untagged lane. It takes nothing before `drain`. */
  static async connect(place: Place, session: string): Promise<AckingClient> {
    const client = new AckingClient(place, session);
    await client.#welcomed.promise;
    return client;
  }

  private constructor({ grpcUrl, token }: Place, session: string) {
    // Every plugin has a connection of its own; grpc-js would let those of one process share one.
    this.#client = new Client(new URL(grpcUrl).host, credentials.createInsecure(), {
      "grpc.use_local_subchannel_pool": 1,
    });
    const metadata = new Metadata();
    metadata.set("authorization", `Bearer ${token}`);
    const { path, requestSerialize, responseDeserialize } = connectMethod;
    this.#stream = this.#client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata);
    this.#stream.on("data", ({ frame }: ConnectResponse) => this.#hear(frame));
    this.#stream.on("error", (error) => this.#fail(error));
    const hello = { protocol: 1, session, instance: `${session}-of-the-bench`, presence: presence(false) };
    this.#say({ case: "hello", value: hello });
  }

  /** Takes and acks one event after the other, until `most` are acked or the lane is empty; how many it were. */
  drain(most = Number.POSITIVE_INFINITY): Promise<number> {
    this.#drained = Promise.withResolvers();
    this.#acked = 0;
    this.#most = most;
    this.#say({ case: "presence", value: presence(true) });
    return this.#drained.promise;
  }

  close(): void {
    this.#closed = true;
    this.#stream.cancel();
    this.#client.close();
  }

  #hear(frame: ConnectResponse["frame"]): void {
    switch (frame.case) {
      case "welcome":
        this.#welcomed.resolve();
        return;
      case "deliver": {
        const { of } = frame.value;
        const ack = { summary: "Done.", outcome: Outcome.DONE, ready: this.#acked + 1 < this.#most };
        this.#say({ case: "ack", value: of === undefined ? ack : { ...ack, of } });
        return;
      }
      case "acked":
        this.#confirmed(frame.value);
        return;
      case "ping":
        this.#say({ case: "pong", value: { nonce: frame.value.nonce } });
        return;
      case "refused":
        this.#fail(new Error(`the link was refused: ${frame.value.message}`));
        return;
      default:
        return;
    }
  }

  #confirmed({ next }: Acked): void {
    this.#acked += 1;
    if (next) return;
    if (this.#acked < this.#most) this.#say({ case: "presence", value: presence(false) });
    this.#drained.resolve(this.#acked);
  }

  #say(frame: Frame): void {
    this.#stream.write(create(ConnectRequestSchema, { frame }));
  }

  #fail(error: Error): void {
    if (this.#closed) return;
    this.#welcomed.reject(error);
    this.#drained.reject(error);
  }
}

const presence = (ready: boolean) => ({ ready, hooks: true, waiter: true, life: true });

const connectMethod = (() => {
  const method = grpcDefinition(LinkService).connect;
  if (method === undefined) throw new Error("the link service has no Connect");
  return method;
})();

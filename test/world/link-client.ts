/** Speaks the link's protocol as a plugin would, frame by frame. */
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { Client, type ClientDuplexStream, credentials, Metadata } from "@grpc/grpc-js";
import {
  type ConnectRequest,
  ConnectRequestSchema,
  type ConnectResponse,
  type HelloSchema,
  LinkService,
} from "../../proto/gen/signalbox/v1/link_pb.ts";
import { grpcDefinition } from "../../src/edges/grpc-definition.ts";
import { until } from "./until.ts";

type Heard = ConnectResponse["frame"];
type Case = NonNullable<Heard["case"]>;
type ValueOf<C extends Case> = Extract<Heard, { case: C }>["value"];
type Init = Extract<NonNullable<MessageInitShape<typeof ConnectRequestSchema>["frame"]>, { case: string }>;

export class LinkClient {
  readonly heard: Heard[] = [];
  ended = false;
  readonly #client: Client;
  readonly #stream: ClientDuplexStream<ConnectRequest, ConnectResponse>;

  constructor(url: string, token: string) {
    this.#client = new Client(new URL(url).host, credentials.createInsecure(), {
      // A connection of its own, as each plugin has.
      "grpc.use_local_subchannel_pool": 1,
    });
    const metadata = new Metadata();
    metadata.set("authorization", `Bearer ${token}`);
    const { path, requestSerialize, responseDeserialize } = connectMethod;
    this.#stream = this.#client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata);
    this.#stream.on("data", ({ frame }: ConnectResponse) => this.heard.push(frame));
    const end = () => {
      this.ended = true;
    };
    this.#stream.on("end", end).on("error", end);
  }

  say(frame: Init): void {
    this.#stream.write(create(ConnectRequestSchema, { frame }));
  }

  hello(more: MessageInitShape<typeof HelloSchema> = {}): void {
    const presence = { ready: true, hooks: true, waiter: true, life: true };
    const value = { protocol: 1, session: "s1", instance: "instance-1", presence, ...more };
    this.say({ case: "hello", value: value as MessageInitShape<typeof HelloSchema> });
  }

  /** The frames of one kind that were heard so far. */
  all<C extends Case>(kind: C): ValueOf<C>[] {
    return this.heard.flatMap((frame) => (frame.case === kind ? [frame.value as ValueOf<C>] : []));
  }

  /** The nth frame of this kind, once it is there. */
  async hears<C extends Case>(kind: C, nth = 1): Promise<ValueOf<C>> {
    await until(() => this.all(kind).length >= nth, `${kind} frame ${nth}`);
    const [value] = this.all(kind).slice(nth - 1);
    if (value === undefined) throw new Error(`the ${kind} frame ${nth} is gone`);
    return value;
  }

  close(): void {
    this.#stream.cancel();
    this.#client.close();
  }
}

const connectMethod = (() => {
  const method = grpcDefinition(LinkService).connect;
  if (method === undefined) throw new Error("the link service has no Connect");
  return method;
})();

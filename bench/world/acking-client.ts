/** A session that does nothing but ack, on a stream and a connection of its own. */
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  type Acked,
  ConnectRequestSchema,
  type ConnectResponse,
  Outcome,
} from "../../proto/gen/signalbox/v1/link_pb.ts";
import { LinkStream } from "./link-stream.ts";

type Frame = Extract<NonNullable<MessageInitShape<typeof ConnectRequestSchema>["frame"]>, { case: string }>;

interface Place {
  grpcUrl: string;
  token: string;
}

export class AckingClient {
  readonly #stream: LinkStream;
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
    this.#stream = new LinkStream(
      grpcUrl,
      token,
      ({ frame }) => this.#hear(frame),
      (error) => this.#fail(error),
    );
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
    this.#stream.close();
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
    this.#stream.send(create(ConnectRequestSchema, { frame }));
  }

  #fail(error: Error): void {
    if (this.#closed) return;
    this.#welcomed.reject(error);
    this.#drained.reject(error);
  }
}

const presence = (ready: boolean) => ({ ready, hooks: true, waiter: true, life: true });

/**
 * The other end of the wire for the plugin's tests: a real gRPC server on loopback that says what the test tells it
 * to, frame by frame, and keeps what it hears.
 */
import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { Server, ServerCredentials, type ServerDuplexStream, status } from "@grpc/grpc-js";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import {
  type ConnectRequest,
  ConnectRequestSchema,
  type ConnectResponse,
  ConnectResponseSchema,
} from "../../proto/gen/signalbox/v1/link_pb.ts";
import { until } from "../world/until.ts";

export type Heard = ConnectRequest["frame"];
export type Case = Exclude<Heard["case"], undefined>;
export type ValueOf<C extends Case> = Extract<Heard, { case: C }>["value"];
export type Said = Extract<MessageInitShape<typeof ConnectResponseSchema>["frame"], { case: string }>;

/** One stream of one plugin. */
export class HeardLink {
  readonly frames: Heard[] = [];
  readonly token: string;
  ended = false;
  #call: ServerDuplexStream<ConnectRequest, ConnectResponse>;

  constructor(call: ServerDuplexStream<ConnectRequest, ConnectResponse>) {
    this.#call = call;
    this.token = String(call.metadata.get("authorization")[0] ?? "");
    call.on("data", ({ frame }: ConnectRequest) => this.frames.push(frame));
    call.on("error", () => {});
    call.on("end", () => {
      this.ended = true;
      call.end();
    });
    call.on("cancelled", () => {
      this.ended = true;
    });
  }

  say(frame: Said): void {
    this.#call.write(create(ConnectResponseSchema, { frame }));
  }

  /** The first frame of that case that holds, of all that were heard. */
  async hears<C extends Case>(
    wanted: C,
    holds: (value: ValueOf<C>) => boolean = () => true,
  ): Promise<ValueOf<C>> {
    const find = () => this.all(wanted).find(holds);
    await until(() => find() !== undefined, `a ${wanted} frame`);
    const found = find();
    if (found === undefined) throw new Error(`no ${wanted} frame`);
    return found;
  }

  all<C extends Case>(wanted: C): ValueOf<C>[] {
    return this.frames.flatMap((frame) => valuesIn(frame, wanted));
  }

  /** Answers the Hello. */
  async welcome(keep?: { eventId: string; delivery: number }): Promise<ValueOf<"hello">> {
    const hello = await this.hears("hello");
    this.say({
      case: "welcome",
      value: { session: hello.session, epoch: 1n, lane: `tag:${hello.tag}`, ...(keep && { keep }) },
    });
    return hello;
  }

  cut(): void {
    this.#call.destroy();
  }
}

export function valuesIn<C extends Case>(frame: Heard, wanted: C): ValueOf<C>[] {
  // The compiler doesn't tie a generic case to its value; the comparison does.
  return frame.case === wanted ? [frame.value as ValueOf<C>] : [];
}

export class FrameServer {
  readonly links: HeardLink[] = [];
  #server = new Server();
  #port: number;

  private constructor(port: number) {
    this.#port = port;
  }

  static async start(port = 0): Promise<FrameServer> {
    const server = new FrameServer(port);
    await server.#listen();
    return server;
  }

  get remote(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  /** The n-th stream since the start, counted from 0. */
  async link(index: number): Promise<HeardLink> {
    await until(() => this.links.length > index, `link ${index}`, 10_000);
    const link = this.links[index];
    if (link === undefined) throw new Error(`no link ${index}`);
    return link;
  }

  stop(): void {
    this.#server.forceShutdown();
  }

  async #listen(): Promise<void> {
    const { getAccount, getPayload } = ControlService.method;
    this.#server.addService(
      {
        connect: {
          path: "/signalbox.v1.LinkService/Connect",
          requestStream: true,
          responseStream: true,
          requestSerialize: (frame: ConnectRequest) => Buffer.from(toBinary(ConnectRequestSchema, frame)),
          requestDeserialize: (bytes) => fromBinary(ConnectRequestSchema, bytes),
          responseSerialize: (frame: ConnectResponse) => Buffer.from(toBinary(ConnectResponseSchema, frame)),
          responseDeserialize: (bytes) => fromBinary(ConnectResponseSchema, bytes),
        },
        account: unary(getAccount),
        payload: unary(getPayload),
      },
      {
        connect: (call: ServerDuplexStream<ConnectRequest, ConnectResponse>) => {
          this.links.push(new HeardLink(call));
        },
        account: answering(getAccount.output, {
          profileId: "p_abc",
          webhookBaseUrl: "http://127.0.0.1:4400/webhook/p_abc/",
        }),
        payload: (_: unknown, callback: (error: object) => void) =>
          callback({ code: status.UNAUTHENTICATED, details: "no such token" }),
      },
    );
    this.#port = await new Promise<number>((resolve, reject) => {
      this.#server.bindAsync(`127.0.0.1:${this.#port}`, ServerCredentials.createInsecure(), (error, port) =>
        error ? reject(error) : resolve(port),
      );
    });
  }
}

type Unary = typeof ControlService.method.getAccount | typeof ControlService.method.getPayload;

function unary({ parent, name, input, output }: Unary) {
  return {
    path: `/${parent.typeName}/${name}`,
    requestStream: false as const,
    responseStream: false as const,
    requestSerialize: () => Buffer.alloc(0),
    requestDeserialize: (bytes: Buffer) => fromBinary(input, bytes),
    responseSerialize: (message: Parameters<typeof toBinary>[1]) =>
      Buffer.from(toBinary(output, message as never)),
    responseDeserialize: (bytes: Buffer) => fromBinary(output, bytes),
  };
}

function answering(
  schema: typeof ControlService.method.getAccount.output,
  value: MessageInitShape<typeof ControlService.method.getAccount.output>,
) {
  return (_: unknown, callback: (error: null, message: object) => void) =>
    callback(null, create(schema, value));
}

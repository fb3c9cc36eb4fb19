/**
 * The wire: gRPC of @grpc/grpc-js with the messages of `proto/gen`. Each link opens a channel of its own, so that no
 * backoff of an old channel delays it; unary calls share the newest channel to the same place.
 */
import {
  create,
  type DescMessage,
  type DescMethodUnary,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import { Client, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import {
  type ConnectRequest,
  ConnectRequestSchema,
  type ConnectResponse,
  ConnectResponseSchema,
} from "../../../proto/gen/signalbox/v1/link_pb.ts";
import type {
  CallFailure,
  LinkStream,
  Reply,
  StreamEnd,
  Target,
  Transport,
} from "../core/ports/transport.ts";
import { trust } from "./server-trust.ts";

const LINK = "/signalbox.v1.LinkService/Connect";
const CALL_MS = 15_000;

/** Frames that a server has left unread; beyond it the link is given up. */
const MOST_UNSENT = 1_000;

const OPTIONS = {
  // A half-open link is found within half a minute.
  "grpc.keepalive_time_ms": 20_000,
  "grpc.keepalive_timeout_ms": 10_000,
  // A backoff belongs to the link machine, not to a pool that outlives the channel.
  "grpc.use_local_subchannel_pool": 1,
};

export class GrpcTransport implements Transport {
  #current: { place: string; client: Client } | null = null;

  open(target: Target): LinkStream {
    this.close();
    const call = this.#client(target).makeBidiStreamRequest<ConnectRequest, ConnectResponse>(
      LINK,
      (frame) => Buffer.from(toBinary(ConnectRequestSchema, frame)),
      (bytes) => fromBinary(ConnectResponseSchema, bytes),
      metadata(target.token),
    );
    let ended = false;
    return {
      send: (frame) => {
        if (ended) return;
        call.write(frame);
        // Its end is told as that of any stream that breaks; what was not confirmed is said again by the next Hello.
        if (call.writableLength > MOST_UNSENT) call.cancel();
      },
      end: () => {
        if (ended) return;
        ended = true;
        call.end();
        // A server that is gone never answers the end.
        setTimeout(() => call.cancel(), 2_000).unref();
      },
      listen: ({ onFrame, onEnd }) => {
        let told = false;
        const tell = (end: StreamEnd) => {
          ended = true;
          if (!told) onEnd(end);
          told = true;
        };
        call.on("data", onFrame);
        call.on("error", (error: ServiceError) =>
          tell({
            clean: false,
            reason: reasonOf(error),
            unauthenticated: error.code === status.UNAUTHENTICATED,
          }),
        );
        call.on("end", () => tell({ clean: true, reason: "the server ended the link" }));
      },
    };
  }

  call<I extends DescMessage, O extends DescMessage>(
    target: Target,
    method: DescMethodUnary<I, O>,
    request: MessageInitShape<I>,
  ): Promise<Reply<O>> {
    return new Promise((resolve) => {
      this.#client(target).makeUnaryRequest<MessageShape<I>, MessageShape<O>>(
        `/${method.parent.typeName}/${method.name}`,
        (message) => Buffer.from(toBinary(method.input, message)),
        (bytes) => fromBinary(method.output, bytes),
        create(method.input, request),
        metadata(target.token),
        { deadline: Date.now() + CALL_MS },
        (error, response) => {
          if (error === null && response !== undefined) resolve({ kind: "ok", response });
          else
            resolve({
              kind: "failed",
              failure: failureOf(error),
              message: reasonOf(error),
              ...cureOf(error),
            });
        },
      );
    });
  }

  close(): void {
    this.#current?.client.close();
    this.#current = null;
  }

  #client({ remote, ca }: Target): Client {
    const place = `${remote} ${ca ?? ""}`;
    if (this.#current?.place !== place) {
      this.close();
      const { protocol, host } = new URL(remote);
      const secure = protocol === "https:";
      // A host without a port means the scheme's own; gRPC would take 443 for either.
      const address = /:\d+$/.test(host) ? host : `${host}:${secure ? 443 : 80}`;
      const client = secure ? secureClient(remote, address, ca) : plainClient(address);
      this.#current = { place, client };
    }
    return this.#current.client;
  }
}

function secureClient(remote: string, address: string, ca: string | undefined): Client {
  const trusted = trust(new URL(remote).hostname, ca);
  return new Client(address, trusted.credentials, { ...OPTIONS, ...trusted.options });
}

/** A proxy of the environment is for the world outside; it must not be given plain text, nor see loopback. */
const plainClient = (address: string): Client =>
  new Client(address, credentials.createInsecure(), { ...OPTIONS, "grpc.enable_http_proxy": 0 });

function metadata(token: string): Metadata {
  const headers = new Metadata();
  headers.set("authorization", `Bearer ${token}`);
  return headers;
}

function failureOf(error: ServiceError | null): CallFailure {
  switch (error?.code) {
    case status.UNAVAILABLE:
    case status.DEADLINE_EXCEEDED:
    case status.CANCELLED:
      return "unavailable";
    case status.UNAUTHENTICATED:
      return "unauthenticated";
    default:
      return "other";
  }
}

/** What the server says is to be done, beside its message. */
function cureOf(error: ServiceError | null): { cure?: string } {
  const [cure] = error?.metadata?.get("signalbox-cure-bin") ?? [];
  return cure === undefined ? {} : { cure: firstLine(cure.toString(), 1_000) };
}

/** gRPC's own words, without its list of addresses and times. */
const reasonOf = (error: ServiceError | null): string => firstLine(error?.details ?? "no answer", 300);

const firstLine = (text: string, most: number): string => text.split("\n")[0]?.slice(0, most) ?? "";

/**
 * The control service, typed by its description: a method of `ControlService.method` and a request give the typed
 * answer. Failures are `SignalboxError`s (`grpc-trouble.ts`); every call has a deadline.
 */
import type { DescMessage, DescMethodServerStreaming, DescMethodUnary } from "@bufbuild/protobuf";
import { create, fromBinary, type MessageInitShape, type MessageShape, toBinary } from "@bufbuild/protobuf";
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import { controlTrouble } from "./grpc-trouble.ts";
import { grpcTrust, type Trusted } from "./server-trust.ts";

const DEADLINE_MS = 10_000;

export interface ControlClient {
  call<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    request: MessageInitShape<I>,
  ): Promise<MessageShape<O>>;
  /** Answers until the server ends them, or `signal` does: then it ends without an error. */
  watch<I extends DescMessage, O extends DescMessage>(
    method: DescMethodServerStreaming<I, O>,
    request: MessageInitShape<I>,
    signal: AbortSignal,
  ): AsyncIterable<MessageShape<O>>;
  close(): void;
}

export interface ControlAddress {
  /** `http://127.0.0.1:4401`, `https://host`. */
  url: string;
  token: string;
  /** For https: certificates in PEM; without, what Node trusts. */
  trusted?: Trusted;
}

export function controlClient({ url, token, trusted }: ControlAddress): ControlClient {
  const { hostname, target, secure } = grpcTarget(url);
  const { trust, options } = secure
    ? grpcTrust(hostname, trusted)
    : { trust: credentials.createInsecure(), options: {} };
  const client = new Client(target, trust, {
    ...options,
    // A connection of its own: no client waits out the backoff of another that found the server down.
    "grpc.use_local_subchannel_pool": 1,
  });
  const metadata = new Metadata();
  metadata.set("authorization", `Bearer ${token}`);

  return {
    call(method, request) {
      return new Promise((resolve, reject) => {
        client.makeUnaryRequest(
          pathOf(method),
          (message) => Buffer.from(toBinary(method.input, message)),
          (bytes) => fromBinary(method.output, bytes),
          create(method.input, request),
          metadata,
          { deadline: Date.now() + DEADLINE_MS },
          (error, answer) => {
            if (answer !== undefined && error === null) resolve(answer);
            else reject(controlTrouble(url, error));
          },
        );
      });
    },

    async *watch(method, request, signal) {
      const stream = client.makeServerStreamRequest(
        pathOf(method),
        (message) => Buffer.from(toBinary(method.input, message)),
        (bytes) => fromBinary(method.output, bytes),
        create(method.input, request),
        metadata,
      );
      const stop = () => stream.cancel();
      signal.addEventListener("abort", stop, { once: true });
      if (signal.aborted) stop();
      try {
        yield* stream;
      } catch (error) {
        if (!signal.aborted) throw controlTrouble(url, error);
      } finally {
        signal.removeEventListener("abort", stop);
        stream.cancel();
      }
    },

    close: () => client.close(),
  };
}

function pathOf(method: { parent: { typeName: string }; name: string }): string {
  return `/${method.parent.typeName}/${method.name}`;
}

function grpcTarget(url: string): { hostname: string; target: string; secure: boolean } {
  const { protocol, hostname, port } = new URL(url);
  const secure = protocol === "https:";
  return { hostname, target: `${hostname}:${port === "" ? (secure ? 443 : 80) : port}`, secure };
}

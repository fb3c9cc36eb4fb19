/** Bytes on the gRPC port that are messages of the schema, nearly, or not at all; on streams and in calls. */
import { create, toBinary } from "@bufbuild/protobuf";
import { Client, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { ControlService } from "../../../proto/gen/signalbox/v1/control_pb.ts";
import { ConnectRequestSchema } from "../../../proto/gen/signalbox/v1/link_pb.ts";
import type { Chance } from "../chance.ts";
import { mutateBytes } from "../mutate.ts";
import { bytesOf, hold, holdQuiet, isObject, jsonOf, listOf, type Subject, type Target } from "../target.ts";
import { type FuzzedServer, fuzzedServer } from "./server-world.ts";

const LINK = "/signalbox.v1.LinkService/Connect";
/** A stream that is refused ends by itself; one that is let in goes on. */
const IDLE_MS = 40;
/** It takes some ms; a busy machine may take a hundred times as long. */
const CALL_MS = 10_000;

const HELLO = Buffer.from(
  toBinary(
    ConnectRequestSchema,
    create(ConnectRequestSchema, {
      frame: {
        case: "hello",
        value: { protocol: 1, session: "s1", instance: "instance-1", tag: "t", presence: {} },
      },
    }),
  ),
);
const PRESENCE = Buffer.from(
  toBinary(
    ConnectRequestSchema,
    create(ConnectRequestSchema, {
      frame: { case: "presence", value: { ready: true, hooks: true, life: true } },
    }),
  ),
);
const METHODS = ControlService.methods.filter((method) => method.methodKind === "unary");

export const grpc: Target = {
  name: "grpc",
  promise:
    "a message that is none is refused on its stream alone; the session that was on it is away, and others are served",
  async open() {
    const server = await fuzzedServer();
    let judged = 0;
    const subject: Subject = {
      generate,
      async judge(input) {
        const made = jsonOf(input);
        if (!isObject(made)) return;
        const messages = listOf(made.messages).map((text) =>
          Buffer.from(typeof text === "string" ? text : "", "base64"),
        );
        await (typeof made.call === "string"
          ? callWith(server, made.call, messages[0])
          : streamWith(server, messages));
        hold(server.errors.length === 0, `the log says ${server.errors[0]}`);
        if (++judged % 20 === 0) await goesOn(server);
      },
      close: () => server.stop(),
    };
    return subject;
  },
};

function generate(chance: Chance): Uint8Array {
  const message = () =>
    chance.oneIn(5) ? chance.bytes(chance.below(50)) : mutateBytes(chance.of([HELLO, PRESENCE]), chance);
  const first = chance.oneIn(2) ? HELLO : message();
  const messages = [first, ...Array.from({ length: chance.below(4) }, message)].map((bytes) =>
    Buffer.from(bytes).toString("base64"),
  );
  return bytesOf(chance.oneIn(3) ? { call: chance.of(METHODS).name, messages } : { messages });
}

const raw = (bytes: Buffer): Buffer => bytes;

function clientOf({ running, token }: FuzzedServer): { client: Client; metadata: Metadata } {
  const metadata = new Metadata();
  metadata.set("authorization", `Bearer ${token}`);
  return { client: new Client(new URL(running.grpcUrl).host, credentials.createInsecure()), metadata };
}

async function streamWith(server: FuzzedServer, messages: readonly Buffer[]): Promise<void> {
  const { client, metadata } = clientOf(server);
  const stream = client.makeBidiStreamRequest(LINK, raw, raw, metadata);
  const end = new Promise<void>((resolve) => {
    stream.on("data", () => {});
    stream.on("error", ({ code, details }: ServiceError) => {
      if (code !== status.CANCELLED) holdQuiet(details);
      resolve();
    });
    stream.on("end", resolve);
  });
  for (const message of messages) stream.write(message);
  const timer = setTimeout(() => stream.cancel(), IDLE_MS);
  await end;
  clearTimeout(timer);
  client.close();
}

async function callWith(server: FuzzedServer, name: string, message = Buffer.alloc(0)): Promise<void> {
  const method = METHODS.find((one) => one.name === name);
  if (method === undefined) return;
  const { client, metadata } = clientOf(server);
  const path = `/${method.parent.typeName}/${method.name}`;
  const error = await new Promise<ServiceError | null>((resolve) => {
    const deadline = Date.now() + CALL_MS;
    client.makeUnaryRequest(path, raw, raw, message, metadata, { deadline }, (failed) => resolve(failed));
  });
  client.close();
  if (error === null) return;
  hold(error.code !== status.DEADLINE_EXCEEDED, `${name} is not answered`);
  hold(!/its log says more/.test(error.details), `a bug behind ${name}`);
  holdQuiet(error.details);
}

async function goesOn({ control }: FuzzedServer): Promise<void> {
  const online = async () => {
    const { sessions } = await control.call(ControlService.method.getAccount, {});
    return sessions.filter(({ state }) => state === "online").length;
  };
  const end = performance.now() + CALL_MS;
  while ((await online()) > 0) hold(performance.now() < end, "a session without a stream counts as online");
}

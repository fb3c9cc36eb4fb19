/** A broken or hostile server must not fill the plugin's memory or end it: its link ends, and is tried again. */
import { randomBytes } from "node:crypto";
import { createServer as createHttp2Server, type Http2Server } from "node:http2";
import { type AddressInfo, createServer, type Server } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { create, toBinary } from "@bufbuild/protobuf";
import { afterEach, expect, test } from "vitest";
import type { StreamEnd } from "../../plugin/src/core/ports/transport.ts";
import { GrpcTransport } from "../../plugin/src/edges/grpc-transport.ts";
import {
  ConnectRequestSchema,
  ConnectResponseSchema,
  DeliverSchema,
  PingSchema,
} from "../../proto/gen/signalbox/v1/link_pb.ts";
import { frame } from "../../src/link/frames.ts";
import { until } from "../world/until.ts";
import { messageBytes } from "./raw-link.ts";

const owned: { close(): unknown }[] = [];
afterEach(() => {
  for (const one of owned.splice(0)) one.close();
});

async function remoteOf(server: Server | Http2Server): Promise<string> {
  owned.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function link(remote: string, onFrame: (answer: () => void) => void = () => {}) {
  const transport = new GrpcTransport();
  owned.push(transport);
  const ends: StreamEnd[] = [];
  let frames = 0;
  const stream = transport.open({ remote, token: "cbt_x" });
  const pong = () =>
    stream.send(create(ConnectRequestSchema, { frame: { case: "pong", value: { nonce: 1n } } }));
  stream.listen({
    onFrame: () => {
      frames += 1;
      onFrame(pong);
    },
    onEnd: (end) => ends.push(end),
  });
  stream.send(create(ConnectRequestSchema, { frame: { case: "hello", value: { session: "s" } } }));
  return { ends, frames: () => frames, pong };
}

/** A server that answers every Connect with these bytes, and reads nothing. */
function saying(bytes: Buffer, times = 1): Http2Server {
  const server = createHttp2Server();
  server.on("sessionError", () => {});
  server.on("stream", (stream) => {
    stream.on("error", () => {});
    stream.respond({ ":status": 200, "content-type": "application/grpc+proto" });
    let left = times;
    const more = () => {
      while (left > 0 && !stream.destroyed) {
        left -= 1;
        if (!stream.write(bytes)) return void stream.once("drain", more);
      }
    };
    more();
  });
  return server;
}

const said = (message: Parameters<typeof frame>[0]): Buffer =>
  messageBytes(Buffer.from(toBinary(ConnectResponseSchema, frame(message))));

test.each<[string, () => Server | Http2Server]>([
  ["talks noise", () => createServer((socket) => void socket.on("error", () => {}).end(randomBytes(10_000)))],
  [
    "answers HTTP/1.1",
    () => createServer((socket) => void socket.on("error", () => {}).end("HTTP/1.1 200 OK\r\n\r\n")),
  ],
  ["hangs up at once", () => createServer((socket) => void socket.destroy())],
  ["sends messages that are none", () => saying(messageBytes(randomBytes(1_000)))],
  [
    "sends a delivery of five megabytes",
    () => saying(said({ case: "deliver", value: create(DeliverSchema, { content: "x".repeat(5_000_000) }) })),
  ],
  [
    "announces a message of four gigabytes",
    () => saying(messageBytes(Buffer.alloc(10), { length: 0xffffffff })),
  ],
])("a server that %s: the link ends once, with a reason, and nothing is thrown", async (_, make) => {
  const { ends, frames } = link(await remoteOf(make()));
  await until(() => ends.length > 0, "the end");
  expect(ends).toEqual([expect.objectContaining({ clean: false, reason: expect.stringMatching(/\w/) })]);
  expect(frames()).toBe(0);
});

/** In MB, without what would be swept anyway: resident memory here is mostly room that V8 has not given back. */
function inUse(): number {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect !== "function") throw new Error("this Node lets nobody sweep");
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1_048_576;
}

test("a server that floods pings and reads no answer loses its link before the answers fill the memory", async () => {
  const before = inUse();
  const pings = Buffer.concat(
    Array.from({ length: 200 }, () => said({ case: "ping", value: create(PingSchema, { nonce: 1n }) })),
  );
  const { ends, frames, pong } = link(await remoteOf(saying(pings, 5_000)), (answer) => answer());
  await until(() => ends.length > 0, "the end");
  // A million were sent. What is read before the answers stand (some 120,000) is the windows' and the buffers' size, not time's.
  expect(frames()).toBeLessThan(400_000);
  for (let i = 0; i < 1_000; i++) pong();
  // A million answers that are kept would be some hundreds.
  expect(inUse() - before).toBeLessThan(50);
});

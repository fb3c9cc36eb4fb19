/** The flow of one link: what waits is bounded, and who does not read is sent away. */
import { Duplex } from "node:stream";
import { create } from "@bufbuild/protobuf";
import { Metadata, type ServerDuplexStream } from "@grpc/grpc-js";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  type ConnectRequest,
  ConnectRequestSchema,
  type ConnectResponse,
  DeliverSchema,
  PingSchema,
} from "../../proto/gen/signalbox/v1/link_pb.ts";
import type { StreamEnd } from "../../src/domain/ports/transport.ts";
import { frame } from "../../src/link/frames.ts";
import { GrpcStream } from "../../src/link/grpc-stream.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

/** A call whose other side reads only when it is told to. */
class Call extends Duplex {
  readonly metadata = new Metadata();
  readonly written: ConnectResponse["frame"][] = [];
  #waiting: (() => void)[] = [];
  reads = false;

  constructor() {
    super({ objectMode: true });
  }

  getPeer = () => "peer:1";

  override _read(): void {}

  override _write(answer: ConnectResponse, _: string, done: () => void): void {
    this.written.push(answer.frame);
    if (this.reads) done();
    else this.#waiting.push(done);
  }

  readAll(): void {
    this.reads = true;
    for (const done of this.#waiting.splice(0)) done();
  }
}

function opened(onFrame: (said: ConnectRequest) => Promise<unknown> | undefined = () => undefined) {
  const call = new Call();
  const peers = { trusted: [] as string[], cut: [] as string[] };
  const ends: StreamEnd[] = [];
  const stream = new GrpcStream(call as unknown as ServerDuplexStream<ConnectRequest, ConnectResponse>, {
    trust: (peer) => peers.trusted.push(peer),
    cut: (peer) => peers.cut.push(peer),
  });
  stream.listen({ onFrame, onEnd: (end) => ends.push(end) });
  return { call, stream, peers, ends };
}

const ping = frame({ case: "ping", value: create(PingSchema, { nonce: 1n }) });
const delivery = (bytes: number) =>
  frame({ case: "deliver", value: create(DeliverSchema, { content: "x".repeat(bytes) }) });
const said = () => create(ConnectRequestSchema, { frame: { case: "pong", value: { nonce: 1n } } });
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test("while much of what it was sent is unread, nothing more of it is read, and it is heard again when it reads", async () => {
  let heard = 0;
  const { call, stream, ends } = opened(() => {
    heard += 1;
    return undefined;
  });
  stream.send(delivery(70_000));
  for (let i = 0; i < 10; i++) call.push(said());
  await turn();
  expect(call.isPaused()).toBe(true);
  expect(heard).toBe(0);
  call.readAll();
  await turn();
  await turn();
  expect(heard).toBe(10);
  vi.advanceTimersByTime(60_000);
  expect(ends).toEqual([]);
});

test("frames that are worked on are bounded too", async () => {
  const works: (() => void)[] = [];
  const { call } = opened(() => new Promise<void>((resolve) => works.push(resolve)));
  call.readAll();
  for (let i = 0; i < 500; i++) call.push(said());
  for (let i = 0; i < 20; i++) await turn();
  expect(works.length).toBe(64);
  for (const done of works.splice(0)) done();
  for (let i = 0; i < 20; i++) await turn();
  expect(works.length).toBe(64);
});

test("who does not read for half a minute is told so, and his connection is cut", async () => {
  const { call, stream, peers, ends } = opened();
  stream.send(delivery(70_000));
  vi.advanceTimersByTime(29_000);
  expect(ends).toEqual([]);
  vi.advanceTimersByTime(2_000);
  expect(ends).toEqual([{ clean: false, reason: "the plugin does not read" }]);
  expect(peers.cut).toEqual([]);
  vi.advanceTimersByTime(6_000);
  expect(peers.cut).toEqual(["peer:1"]);
  stream.send(ping);
  call.readAll();
  await turn();
  expect(call.written.map(({ case: kind }) => kind)).toEqual(["deliver", "refused"]);
});

test("with a megabyte unread the stream is given up at once, whatever else would be sent", () => {
  const { call, stream, ends } = opened();
  for (let i = 0; i < 100; i++) stream.send(delivery(20_000));
  expect(ends).toHaveLength(1);
  expect(call.writableLength).toBeLessThan(60);
});

test("who reads the refusal and ends is not cut", async () => {
  const { call, stream, peers } = opened();
  stream.send(delivery(70_000));
  vi.advanceTimersByTime(31_000);
  call.readAll();
  await turn();
  vi.advanceTimersByTime(10_000);
  expect(call.written.at(-1)).toMatchObject({ case: "refused", value: { code: "not_reading", retry: true } });
  expect(peers.cut).toEqual([]);
});

test("an idle stream has no timer", () => {
  const { call, stream } = opened();
  call.reads = true;
  for (let i = 0; i < 50; i++) stream.send(ping);
  expect(vi.getTimerCount()).toBe(0);
});

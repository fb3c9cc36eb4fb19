/** Floods on the gRPC port: memory stays bounded, the culprit is slowed or sent away, and everybody else is served. */
import { randomBytes } from "node:crypto";
import { connect as connectHttp2 } from "node:http2";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Outcome } from "../../proto/gen/signalbox/v1/link_pb.ts";
import { LinkClient } from "../world/link-client.ts";
import { until } from "../world/until.ts";
import { ALLOWANCE, Besieged, PROMPT_MS, RawSocket } from "./besieged.ts";
import { frameBytes, RawLink } from "./raw-link.ts";

let box: Besieged;
const open: { close(): void }[] = [];
beforeAll(async () => {
  box = await Besieged.start();
});
afterAll(async () => {
  expect(await box.stop()).toBe(0);
});
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

function raw(token = box.token): RawLink {
  const link = new RawLink(box.process.grpcUrl, { token });
  open.push(link);
  return link;
}

async function welcomed(name: string): Promise<RawLink> {
  const link = raw().hello(name, name);
  await until(() => link.kinds.includes("welcome"), "the welcome");
  return link;
}

/** Writes as fast as the server lets it, until it has written `most` or nothing moves for so long; how many pieces left. */
async function pour(link: RawLink, bytes: Buffer, most: number, stillMs = 15_000): Promise<number> {
  let left = 0;
  let given = 0;
  const more = () => {
    while (given < most && given - left < 512 && !link.ended) {
      given += 1;
      link.stream.write(bytes, () => {
        left += 1;
        more();
      });
    }
  };
  more();
  let last = -1;
  let movedAt = performance.now();
  await until(
    () => {
      if (left !== last) movedAt = performance.now();
      last = left;
      return left >= most || link.ended || performance.now() - movedAt > stillMs;
    },
    "the flood to end or to stand",
    50_000,
  );
  return left;
}

const ack = (eventId = "evt_01k00000000000000000000000") =>
  frameBytes({
    case: "ack",
    value: { of: { eventId, delivery: 1 }, outcome: Outcome.DONE, summary: "x".repeat(500) },
  });

test("a plugin that floods acks and never reads is held by flow control, within bounded memory", async () => {
  const before = box.memory;
  const link = await welcomed("flood-acks");
  link.stream.pause();
  const left = await pour(link, Buffer.concat(Array.from({ length: 20 }, () => ack())), 20_000, 1_000);
  // 400,000 acks were meant; it stops reading long before.
  expect(left).toBeLessThan(2_000);
  expect(await box.serves()).toBeLessThan(PROMPT_MS);
  expect(box.memory - before).toBeLessThan(ALLOWANCE);
});

test("a plugin that floods acks and reads their answers is slowed to what is stored, and others are served", async () => {
  const before = box.memory;
  const link = await welcomed("flood-acks-2");
  const pouring = pour(link, Buffer.concat(Array.from({ length: 20 }, () => ack())), 500);
  expect(await box.serves()).toBeLessThan(PROMPT_MS);
  expect(await pouring).toBe(500);
  await until(() => link.heard.filter(({ case: kind }) => kind === "acked").length === 10_000, "all answers");
  expect(box.memory - before).toBeLessThan(ALLOWANCE);
});

test("a flood of presence is taken no faster than it is stored, and others are served meanwhile", async () => {
  const before = box.memory;
  const link = await welcomed("flood-presence");
  const presence = frameBytes({ case: "presence", value: { life: true, busy: true, hooks: true } });
  const pouring = pour(link, Buffer.concat(Array.from({ length: 50 }, () => presence)), 1_000);
  expect(await box.serves()).toBeLessThan(PROMPT_MS);
  expect(await pouring).toBe(1_000);
  link.write(ack());
  await until(() => link.kinds.includes("acked"), "the answer behind the flood");
  expect(box.memory - before).toBeLessThan(ALLOWANCE);
});

test("thousands of connections that never say Hello are bounded, and a good plugin is welcomed among them", async () => {
  const before = box.memory;
  const silent = Array.from({ length: 1_500 }, () => {
    const socket = new RawSocket(box.process.grpcUrl);
    open.push(socket);
    return socket;
  });
  await until(() => silent.filter(({ closed }) => closed).length >= 400, "the house to be full");
  const good = new LinkClient(box.process.grpcUrl, box.token);
  open.push(good);
  good.hello({ session: "good", tag: "good-lane" });
  await good.hears("welcome");
  expect(await box.serves()).toBeLessThan(PROMPT_MS);
  expect(box.memory - before).toBeLessThan(ALLOWANCE);
});

test("streams on one connection are bounded, and those that never say Hello end with their reason", async () => {
  const session = connectHttp2(box.process.grpcUrl);
  open.push({ close: () => session.destroy() });
  session.on("error", () => {});
  await until(() => session.remoteSettings?.maxConcurrentStreams === 64, "the server's limit");
  const link = raw("cbt_nobody");
  await until(() => link.heard.length > 0, "the refusal", 20_000);
  expect(link.heard[0]).toMatchObject({ case: "refused", value: { code: "bad_frame", message: /no Hello/ } });
});

const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
/** Length, type, flags, stream. */
function h2(type: number, flags: number, stream: number, body: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(body.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, body]);
}
const SETTINGS = h2(4, 0, 0, Buffer.alloc(0));
const started = Buffer.concat([PREFACE, SETTINGS]);

test.each<[string, Buffer]>([
  ["an HTTP/1.1 request", Buffer.from("GET / HTTP/1.1\r\nhost: x\r\n\r\n")],
  ["a TLS hello", Buffer.from("16030100f8010000f40303", "hex")],
  ["noise", randomBytes(100_000)],
  ["noise after the preface", Buffer.concat([started, randomBytes(100_000)])],
  ["a frame larger than allowed", Buffer.concat([started, h2(0, 0, 1, Buffer.alloc(100_000))])],
  ["data for a stream that was never opened", Buffer.concat([started, h2(0, 0, 7, Buffer.alloc(10))])],
  ["headers that no HPACK is", Buffer.concat([started, h2(1, 4, 1, randomBytes(1_000))])],
  [
    "headers without an end",
    Buffer.concat([
      started,
      h2(1, 0, 1, Buffer.alloc(0)),
      ...Array.from({ length: 10_000 }, () => h2(9, 0, 1, Buffer.from([0x82]))),
    ]),
  ],
  [
    "a flood of pings",
    Buffer.concat([started, ...Array.from({ length: 50_000 }, () => h2(6, 0, 0, Buffer.alloc(8)))]),
  ],
  ["a flood of settings", Buffer.concat([started, ...Array.from({ length: 50_000 }, () => SETTINGS)])],
  [
    "a flood of resets",
    Buffer.concat([
      started,
      ...Array.from({ length: 20_000 }, (_, i) => h2(3, 0, 2 * i + 1, Buffer.from([0, 0, 0, 8]))),
    ]),
  ],
])("%s on the port does no harm to others, and is sent away", async (_, bytes) => {
  const before = box.memory;
  const socket = new RawSocket(box.process.grpcUrl);
  open.push(socket);
  socket.socket.pause();
  socket.say(bytes);
  expect(await box.serves()).toBeLessThan(PROMPT_MS);
  socket.socket.resume();
  socket.socket.end();
  await until(() => socket.closed, "the end of the connection");
  expect(box.memory - before).toBeLessThan(ALLOWANCE);
});

test("streams opened and reset as fast as possible are stopped", async () => {
  const session = connectHttp2(box.process.grpcUrl);
  open.push({ close: () => session.destroy() });
  let gone = false;
  session
    .on("error", () => {})
    .on("close", () => {
      gone = true;
    });
  for (let round = 0; round < 200 && !gone; round++) {
    for (let i = 0; i < 100 && !session.destroyed && !session.closed; i++) {
      const stream = session.request({
        ":method": "POST",
        ":path": "/signalbox.v1.LinkService/Connect",
        "content-type": "application/grpc",
      });
      stream.on("error", () => {});
      stream.close(8);
    }
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  expect(await box.serves()).toBeLessThan(PROMPT_MS);
});

/** Hostile HTTP by raw sockets: a clear answer to whoever causes it, bounded memory, and good requests served meanwhile. */
import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { until } from "../world/until.ts";
import { ALLOWANCE, Besieged, PROMPT_MS, RawSocket } from "./besieged.ts";

let box: Besieged;
let path = "";
const open: RawSocket[] = [];
beforeAll(async () => {
  box = await Besieged.start();
  path = new URL(box.source.url).pathname;
});
afterAll(async () => {
  expect(await box.stop()).toBe(0);
});
afterEach(() => {
  for (const socket of open.splice(0)) socket.close();
});

function raw(): RawSocket {
  const socket = new RawSocket(box.process.httpUrl);
  open.push(socket);
  return socket;
}

const head = (more: string, target = path): string => `POST ${target} HTTP/1.1\r\nhost: box\r\n${more}\r\n`;

async function answered(socket: RawSocket): Promise<{ status: number; code: unknown; error: unknown }> {
  const whole = () => {
    const [, status, headers = "", body = ""] =
      /^HTTP\/1\.1 (\d+)([\s\S]*?)\r\n\r\n([\s\S]*)$/.exec(socket.told) ?? [];
    const length = Number(/content-length: (\d+)/i.exec(headers)?.[1] ?? 0);
    return status !== undefined && body.length >= length
      ? { status: Number(status), body: body.slice(0, length) }
      : null;
  };
  await until(() => socket.closed || whole() !== null, "an answer", 40_000);
  const { status, body } = whole() ?? { status: 0, body: "" };
  const { code, error } = JSON.parse(body || "{}");
  return { status, code, error };
}

describe("what is no good request is answered in our words, and the connection ends", () => {
  test.each<[string, () => string | Buffer, number, string]>([
    ["garbage", () => randomBytes(2_000), 400, "bad_request"],
    ["a TLS hello", () => Buffer.from("16030100f8010000f40303", "hex"), 400, "bad_request"],
    ["a request line without an end", () => `GET /${"x".repeat(20_000)}`, 431, "headers_too_large"],
    ["an address of 100 KB", () => head("", `/${"a".repeat(100_000)}`), 431, "headers_too_large"],
    ["headers of 100 KB", () => head(`x: ${"y".repeat(100_000)}\r\n`), 431, "headers_too_large"],
    ["ten thousand headers", () => head("x: y\r\n".repeat(10_000)), 431, "headers_too_large"],
    [
      "both a length and chunks",
      () => `${head("content-length: 5\r\ntransfer-encoding: chunked\r\n")}0\r\n\r\n`,
      400,
      "bad_request",
    ],
    ["two lengths", () => `${head("content-length: 5\r\ncontent-length: 6\r\n")}hello!`, 400, "bad_request"],
    ["a length that is no number", () => `${head("content-length: 5, 5\r\n")}hello`, 400, "bad_request"],
    ["a negative length", () => head("content-length: -1\r\n"), 400, "bad_request"],
    [
      "chunks that are not the last coding",
      () => head("transfer-encoding: chunked, gzip\r\n"),
      400,
      "bad_request",
    ],
    ["chunked in disguise", () => head("transfer-encoding: xchunked\r\n"), 400, "bad_request"],
    ["a space before the colon", () => head("transfer-encoding : chunked\r\n"), 400, "bad_request"],
    ["a header that is folded", () => head("x: y\r\n content-length: 5\r\n"), 400, "bad_request"],
    ["a bare line feed", () => head("x: y\ncontent-length: 5\r\n"), 400, "bad_request"],
    ["a NUL in a header", () => head("x: a\0b\r\n"), 400, "bad_request"],
    [
      "a chunk size that is no number",
      () => `${head("transfer-encoding: chunked\r\n")}zz\r\nhello\r\n`,
      400,
      "bad_request",
    ],
    [
      "a chunk size beyond all numbers",
      () => `${head("transfer-encoding: chunked\r\n")}ffffffffffffffffff\r\n`,
      400,
      "bad_request",
    ],
    ["no host", () => `POST ${path} HTTP/1.1\r\n\r\n`, 400, ""],
  ])("%s", async (_, bytes, status, code) => {
    const socket = raw().say(bytes());
    const answer = await answered(socket);
    expect(answer.status).toBe(status);
    if (code !== "") expect([answer.code, String(answer.error).length > 20]).toEqual([code, true]);
    await until(() => socket.closed, "the end of the connection");
  });

  test.each<[string, () => string | Buffer, number]>([
    ["a body that says it has a terabyte", () => head("content-length: 1099511627776\r\n"), 413],
    [
      "a compressed body",
      () =>
        Buffer.concat([
          Buffer.from(head("content-encoding: gzip\r\ncontent-length: 1000\r\n")),
          gzipSync("x"),
        ]),
      400,
    ],
    ["an address with a NUL", () => `${head("content-length: 0\r\n", "/webhook/p_x/%00")}`, 404],
    [
      "an address that climbs",
      () => `${head("content-length: 0\r\n", "/webhook/..%2f..%2fetc%2fpasswd/x")}`,
      404,
    ],
    [
      "an address that climbs without disguise",
      () => `${head("content-length: 0\r\n", "/webhook/../../etc/passwd")}`,
      404,
    ],
    ["an address that is no encoding", () => `${head("content-length: 0\r\n", "/webhook/%zz/%ff")}`, 400],
    [
      "an absolute address",
      () => `${head("content-length: 0\r\n", "http://elsewhere.test/webhook/p_x/y")}`,
      404,
    ],
    ["an asterisk", () => "OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n", 404],
    [
      "an upgrade",
      () => "GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
      404,
    ],
  ])("%s", async (_, bytes, status) => {
    expect(await answered(raw().say(bytes()))).toMatchObject({ status, error: expect.any(String) });
  });
});

test("chunks without an end are stopped at the limit of a body, within bounded memory", async () => {
  const before = box.memory;
  const socket = raw().say(head("transfer-encoding: chunked\r\n"));
  const chunk = `10000\r\n${"x".repeat(0x10000)}\r\n`;
  for (let i = 0; i < 1_000 && !socket.closed; i++) {
    socket.say(chunk);
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  expect(await answered(socket)).toMatchObject({ status: 413 });
  await until(() => socket.closed, "the end of the connection");
  expect(box.memory - before).toBeLessThan(ALLOWANCE);
});

test("who is refused while he still sends, and reads only then, reads why", async () => {
  const { hostname: host, port } = new URL(box.process.httpUrl);
  const socket = connect({ host, port: Number(port) }).pause();
  let told = "";
  socket.setEncoding("latin1").on("error", () => {});
  socket.write(head("transfer-encoding: chunked\r\n"));
  const chunk = `10000\r\n${"x".repeat(0x10000)}\r\n`;
  for (let sent = 0; sent < 64; sent++) {
    await new Promise<void>((resolve) => socket.write(chunk, () => resolve()));
    await wait(3);
  }
  socket
    .on("data", (text: string) => {
      told += text;
    })
    .resume();
  await until(() => socket.closed, "the end of the connection");
  expect(told).toMatch(/^HTTP\/1.1 413 [\s\S]*"code":"body_too_large"/);
});

test("who is slow with headers or body, or says nothing, is told so in time, and others are served meanwhile", async () => {
  const silent = raw();
  const headers = raw().say("POST / HTTP/1.1\r\nhost: x\r\n");
  const body = raw().say(`${head("content-length: 1000\r\n")}x`);
  const truncated = raw().say(`${head("content-length: 1000\r\n")}x`);
  truncated.socket.end();
  const drip = setInterval(() => {
    if (!headers.closed) headers.say("x: y\r\n");
    if (!body.closed) body.say("x");
  }, 500);
  await until(() => truncated.closed, "the end of the truncated one");
  for (let i = 0; i < 5; i++) expect(await box.serves()).toBeLessThan(PROMPT_MS);
  expect(await answered(headers)).toMatchObject({ status: 408, code: "too_slow" });
  expect(await answered(silent)).toMatchObject({ status: 408, code: "too_slow" });
  expect(await answered(body)).toMatchObject({ status: 408, code: "too_slow" });
  clearInterval(drip);
  expect(await box.serves()).toBeLessThan(PROMPT_MS);
});

test("thousands of half-open connections are bounded, and a good request is answered among them", async () => {
  const before = box.memory;
  for (let i = 0; i < 3_000; i++) {
    raw().say(
      i % 3 === 0 ? "" : i % 3 === 1 ? "POST / HTTP/1.1\r\nx: " : `${head("content-length: 1000\r\n")}half`,
    );
    if (i % 250 === 0) expect(await box.serves()).toBeLessThan(PROMPT_MS);
  }
  await until(() => open.filter(({ closed }) => closed).length >= 900, "the house to be full");
  expect(await box.serves()).toBeLessThan(PROMPT_MS);
  expect(box.memory - before).toBeLessThan(ALLOWANCE);
});

test("a flood of pipelined requests whose answers nobody reads ends the connection", async () => {
  const before = box.memory;
  const flood = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n".repeat(100_000);
  // More than once: what is kept of a flood adds up, and the room that was taken for one does for the next.
  for (let times = 0; times < 3; times++) {
    const sockets = Array.from({ length: 20 }, () => raw().say(flood));
    expect(await box.serves()).toBeLessThan(PROMPT_MS);
    await until(() => sockets.every(({ closed }) => closed), "the end of the connections");
    for (const { told } of sockets) {
      expect(told.match(/HTTP\/1\.1 \d{3} /g)?.length ?? 0).toBeLessThan(100);
    }
  }
  expect(box.memory - before).toBeLessThan(ALLOWANCE);
});

test("a few requests ahead of their answers are answered in their order", async () => {
  const socket = raw();
  for (const name of ["healthz", "nothing", "readyz"]) socket.say(`GET /${name} HTTP/1.1\r\nhost: x\r\n\r\n`);
  await until(() => socket.told.match(/HTTP\/1\.1 \d{3} /g)?.length === 3, "three answers");
  expect(socket.told.match(/HTTP\/1\.1 \d{3}/g)).toEqual(["HTTP/1.1 200", "HTTP/1.1 404", "HTTP/1.1 200"]);
});

test("a second request hidden in the body of the first is never served", async () => {
  const hidden = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
  for (const shape of [
    `content-length: ${hidden.length}\r\ntransfer-encoding: chunked\r\n`,
    `transfer-encoding: chunked\r\ntransfer-encoding: identity\r\ncontent-length: ${hidden.length}\r\n`,
  ]) {
    const socket = raw().say(`${head(shape)}0\r\n\r\n${hidden}`);
    await until(() => socket.closed, "the end of the connection");
    expect(socket.told.match(/HTTP\/1\.1 \d{3} /g)).toHaveLength(1);
    expect(socket.told).toContain("400 Bad Request");
  }
});

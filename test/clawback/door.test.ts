/** Who is not let in before a word is said. */
import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { Door } from "../../src/clawback/door.ts";
import { opened } from "./rig.ts";

async function answerTo(
  remoteAddress: string,
  {
    allowPlaintext = false,
    encrypted = false,
    trustProxy = 0,
    headers = {},
  }: { allowPlaintext?: boolean; encrypted?: boolean; trustProxy?: number; headers?: object },
): Promise<string> {
  const { parts } = await opened();
  const socket = Object.assign(new Socket(), encrypted ? { encrypted } : {});
  Object.defineProperty(socket, "remoteAddress", { value: remoteAddress });
  const request = Object.assign(new IncomingMessage(socket), { method: "GET", url: "/ws" });
  Object.assign(request.headers, {
    upgrade: "websocket",
    connection: "upgrade",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    "sec-websocket-version": "13",
    ...headers,
  });
  const wire = new PassThrough();
  const door = new Door(parts, { allowPlaintext, trustProxy });
  const said = new Promise<string>((resolve) => wire.once("data", (chunk) => resolve(String(chunk))));
  door.enter({ request, socket: wire, head: Buffer.alloc(0), trust: () => {} });
  const answer = await said;
  door.drain();
  wire.destroy();
  return answer;
}

describe("a token travels only where nobody reads along", () => {
  test("from another machine it needs TLS, or that its owner has accepted it", async () => {
    expect(await answerTo("192.0.2.7", {})).toMatch(/^HTTP\/1\.1 403 .*"plaintext"/s);
    expect(await answerTo("::ffff:192.0.2.7", {})).toMatch(/^HTTP\/1\.1 403/);
    expect(await answerTo("192.0.2.7", { encrypted: true })).toMatch(/^HTTP\/1\.1 101/);
    expect(await answerTo("192.0.2.7", { allowPlaintext: true })).toMatch(/^HTTP\/1\.1 101/);
  });

  test("from this machine it needs none", async () => {
    for (const address of ["127.0.0.1", "127.8.0.1", "::1", "::ffff:127.0.0.1"])
      expect(await answerTo(address, {})).toMatch(/^HTTP\/1\.1 101/);
  });

  test("what a proxy says makes nobody a program of this machine", async () => {
    const headers = { "x-forwarded-for": "127.0.0.1" };
    expect(await answerTo("192.0.2.7", { headers, trustProxy: 1 })).toMatch(/^HTTP\/1\.1 403 .*"plaintext"/s);
  });

  test("a page is refused over TLS too", async () => {
    const headers = { origin: "https://evil.example" };
    expect(await answerTo("127.0.0.1", { headers, encrypted: true })).toMatch(
      /^HTTP\/1\.1 403 .*"bad_origin"/s,
    );
  });
});

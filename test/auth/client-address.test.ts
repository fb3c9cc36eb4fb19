/** Behind proxies people are counted by what the proxies say, and by nothing that they say themselves. */
import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { senderOf } from "../../src/auth/address.ts";
import { clientAddress } from "../../src/auth/client-address.ts";
import { startServer, type TestServer } from "../world/server.ts";

function counted(hops: number, told: string | undefined): string {
  const socket = new Socket();
  Object.defineProperties(socket, { remoteAddress: { value: "192.0.2.1" }, remotePort: { value: 443 } });
  const request = new IncomingMessage(socket);
  if (told !== undefined) request.headers["x-forwarded-for"] = told;
  return senderOf(clientAddress(request, hops));
}

test.each([
  [0, "198.51.100.7", "192.0.2.1"],
  [1, undefined, "192.0.2.1"],
  [1, "198.51.100.7", "198.51.100.7"],
  [1, "203.0.113.9, 198.51.100.7", "198.51.100.7"],
  [2, "10.9.9.9, 203.0.113.9,198.51.100.7", "203.0.113.9"],
  // Who came past one of two.
  [2, "198.51.100.7", "198.51.100.7"],
  [1, "198.51.100.7:5012", "198.51.100.7"],
  [1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  [1, "[2001:db8:1:2:3:4:5:6]:5012", "2001:db8:1:2::/64"],
  [1, "::ffff:198.51.100.7", "198.51.100.7"],
  [1, "unknown", "192.0.2.1"],
  [1, "", "192.0.2.1"],
  [1, "198.51.100.7, ", "192.0.2.1"],
  [1, "198.51.100.7\u0000", "192.0.2.1"],
])("of %i proxies that say %j, %s is counted", (hops, told, expected) => {
  expect(counted(hops, told)).toBe(expected);
});

test("whatever somebody writes before what our proxy adds changes nothing", () => {
  const told = fc.string({ maxLength: 200, unit: "binary-ascii" });
  fc.assert(
    fc.property(told, (own) => {
      expect(counted(1, `${own}, 198.51.100.7`)).toBe("198.51.100.7");
      expect(counted(0, own)).toBe("192.0.2.1");
    }),
  );
});

let behind: TestServer;
let alone: TestServer;
beforeAll(async () => {
  const env = { SIGNALBOX_FAILED_TOKENS_PER_MINUTE: "2" };
  behind = await startServer({ env: { ...env, SIGNALBOX_TRUST_PROXY: "1" } });
  alone = await startServer({ env });
});
afterAll(async () => {
  await Promise.all([behind.stop(), alone.stop()]);
});

/** Why a client of Clawback's wire that shows a bad token is sent away. */
function sentAway({ running }: TestServer, from: string): Promise<string> {
  const socket = new WebSocket(`${running.httpUrl.replace("http", "ws")}/ws`, {
    headers: { "x-forwarded-for": from },
  });
  return new Promise((resolve, reject) => {
    socket.on("open", () => socket.send('{"type":"auth","token":"cbt_bad"}'));
    socket.on("close", (_, reason) => resolve(String(reason)));
    socket.on("error", reject);
  });
}

test("behind a proxy one address's bad tokens are not another's", async () => {
  for (const from of ["198.51.100.7", "198.51.100.7"]) {
    expect(await sentAway(behind, from)).toMatch(/^unauthenticated/);
  }
  expect(await sentAway(behind, "198.51.100.7")).toMatch(/^too_many_failures/);
  expect(await sentAway(behind, "198.51.100.8")).toMatch(/^unauthenticated/);
});

test("without a proxy that is trusted nobody chooses by what he is counted", async () => {
  for (const from of ["198.51.100.7", "198.51.100.8"]) {
    expect(await sentAway(alone, from)).toMatch(/^unauthenticated/);
  }
  expect(await sentAway(alone, "198.51.100.9")).toMatch(/^too_many_failures/);
});

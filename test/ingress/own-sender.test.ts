import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { reachAdvice } from "../../src/domain/reach.ts";
import { startServer, type TestServer } from "../world/server.ts";

const PROTOCOL = new URL("../../docs/protocol.md", import.meta.url);
const run = promisify(execFile);

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const made = (slug: string, scheme: string) =>
  server.control.call(ControlService.method.createSource, { slug, scheme });

const has = (program: string) =>
  run(program, ["--version"]).then(
    () => true,
    () =>
      run(program, ["version"]).then(
        () => true,
        () => false,
      ),
  );

test.skipIf(!(await has("curl")) || !(await has("openssl")))(
  "the sender that the protocol's page shows is accepted, and its second try known",
  async () => {
    const [, block] = /```sh\nURL=.*\nSECRET=.*\n([\s\S]+?)```/.exec(await readFile(PROTOCOL, "utf8")) ?? [];
    const { source, secret } = await made("ci", "generic");
    const env = { PATH: process.env.PATH, URL: source?.url, SECRET: secret, no_proxy: "*" };
    const send = async () => JSON.parse((await run("sh", ["-euc", block ?? "exit 1"], { env })).stdout);
    const first = await send();
    expect(first).toEqual({ ok: true, status: "queued", id: expect.stringMatching(/^evt_/) });
    expect(await send()).toMatchObject({ status: "duplicate", id: first.id });
    const { events } = await server.control.call(ControlService.method.listEvents, {});
    expect(events.find(({ id }) => id === first.id)?.type).toBe("deploy.finished");
  },
);

test.each([
  [
    "generic",
    [/X-Signature .*HMAC-SHA256 of the raw body .*in hex/, /X-Event-Type/, /X-Delivery-Id.*two events/],
  ],
  ["none", [/nothing is verified/, /X-Event-Type/, /X-Delivery-Id.*two events/]],
  ["github", [/application\/json/]],
])("who makes a source of scheme %s is told what its sender has to write", async (scheme, words) => {
  const { nextStep } = await made(`of-${scheme}`, scheme);
  for (const each of words) expect(nextStep).toMatch(each);
});

test.each(["generic", "github", "stripe"])(
  "who makes one of %s is told that nobody outside reaches loopback",
  async (scheme) => {
    const { nextStep } = await made(`near-${scheme}`, scheme);
    expect(nextStep).toMatch(/Only programs on this machine reach 127\.0\.0\.1.*SIGNALBOX_PUBLIC_URL/);
  },
);

test.each([
  ["http://localhost:4400/webhook/p_x/a", /Only programs on this machine/],
  ["http://[::1]:4400/webhook/p_x/a", /Only programs on this machine reach ::1/],
  ["http://0.0.0.0:4400/webhook/p_x/a", /0\.0\.0\.0 .*no address to send to.*SIGNALBOX_PUBLIC_URL/],
  ["http://[::]:4400/webhook/p_x/a", /no address to send to/],
  ["https://hooks.example.org/webhook/p_x/a", /^$/],
  ["http://192.168.1.7:4400/webhook/p_x/a", /^$/],
])("of the address %s is said what keeps senders away", (url, words) => {
  expect(reachAdvice(url)).toMatch(words);
});

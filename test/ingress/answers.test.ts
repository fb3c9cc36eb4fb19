/** What providers hear: each what it wants, over HTTP. */
import { createHmac } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { sampleWebhook } from "../../src/domain/samples/sample.ts";
import { keysOf, schemes } from "../../src/domain/schemes/index.ts";
import type { SchemeName } from "../../src/domain/source.ts";
import { makeSource, startServer, type TestServer } from "../world/server.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

async function sourceOf(scheme: SchemeName) {
  const { signing, given } = keysOf(schemes[scheme].secret, new Uint8Array(32).fill(7));
  const { url } = await makeSource(server, { slug: scheme, scheme, secret: given });
  return { url, signing };
}

async function said(url: string, headers: Record<string, string>, body: Uint8Array<ArrayBuffer>) {
  const response = await fetch(url, { method: "POST", headers, body });
  return {
    status: response.status,
    type: response.headers.get("content-type"),
    became: response.headers.get("signalbox-status"),
    event: response.headers.get("signalbox-event"),
    text: await response.text(),
  };
}

async function ask(scheme: SchemeName, payload: object) {
  const { url, signing } = await sourceOf(scheme);
  const body = new TextEncoder().encode(JSON.stringify(payload));
  return said(url, schemes[scheme].sign({ headers: {}, body, url }, signing, Date.now()), body);
}

const queued = async () => (await server.control.call(ControlService.method.listEvents, {})).events.length;

test.each<[SchemeName, object, { status: number; type: string | null; text: string }]>([
  [
    "slack",
    { type: "url_verification", challenge: "c1" },
    { status: 200, type: "text/plain; charset=utf-8", text: "c1" },
  ],
  ["discord", { type: 0 }, { status: 204, type: null, text: "" }],
  ["discord", { type: 1 }, { status: 200, type: "application/json", text: '{"type":1}' }],
])(
  "%s, asking by %j whether anybody is there, hears %j, and nothing is queued",
  async (scheme, payload, answer) => {
    const before = await queued();
    expect(await ask(scheme, payload)).toEqual({ ...answer, became: "handshake", event: null });
    expect(await queued()).toBe(before);
  },
);

test("zoom's URL is validated", async () => {
  const { signing } = await sourceOf("zoom");
  const { status, text } = await ask("zoom", {
    event: "endpoint.url_validation",
    payload: { plainToken: "p1" },
  });
  expect([status, JSON.parse(text)]).toEqual([
    200,
    { plainToken: "p1", encryptedToken: createHmac("sha256", signing).update("p1").digest("hex") },
  ]);
});

test.each<[SchemeName, string, { status: number; type: string | null; text: string }]>([
  ["slack", "app_mention", { status: 200, type: null, text: "" }],
  ["discord", "APPLICATION_AUTHORIZED", { status: 204, type: null, text: "" }],
  ["discord", "interaction.application_command", { status: 202, type: null, text: "" }],
  ["twilio", "received", { status: 200, type: "text/xml", text: "<Response/>" }],
])(
  "%s hears of its event %s what it wants, and headers tell what became of it",
  async (scheme, type, answer) => {
    const { url, signing } = await sourceOf(scheme);
    const sample = sampleWebhook(scheme, type, { secret: signing, url, nowMs: Date.now(), seed: type });
    if (sample.kind !== "sample") throw new Error(`no sample ${type}`);
    const { headers, body } = sample;
    const heard = await said(url, headers, new Uint8Array(body));
    expect(heard).toEqual({ ...answer, became: "queued", event: expect.stringMatching(/^evt_/) });
  },
);

test.each<[SchemeName, string, number]>([
  ["linear", "Issue.create", 200],
  ["zoom", "meeting.ended", 200],
  ["github", "push", 202],
])("%s hears of its event %s our JSON with status %d", async (scheme, type, status) => {
  const { url, signing } = await sourceOf(scheme);
  const sample = sampleWebhook(scheme, type, { secret: signing, url, nowMs: Date.now(), seed: type });
  if (sample.kind !== "sample") throw new Error(`no sample ${type}`);
  const { status: heard, text } = await said(url, sample.headers, new Uint8Array(sample.body));
  expect([heard, JSON.parse(text)]).toEqual([status, { ok: true, status: "queued", id: expect.any(String) }]);
});

test.each<[SchemeName, RegExp]>([
  ["basic", /^Basic realm=/],
  ["bearer", /^Bearer realm=/],
])("who shows %s no credentials is told which are wanted", async (scheme, words) => {
  const { url } = await sourceOf(scheme);
  const response = await fetch(url, { method: "POST", body: "{}" });
  expect([response.status, response.headers.get("www-authenticate")]).toEqual([
    401,
    expect.stringMatching(words),
  ]);
});

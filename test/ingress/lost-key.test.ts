import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { makeSource, post, send, startServer, type TestServer, type TestSource } from "../world/server.ts";

interface Line {
  fields: Record<string, unknown>;
  message: string;
}

const warnings: Line[] = [];
let before: TestServer;
let server: TestServer;
let github: TestSource;

/** Where the second start listens. */
const now = (source: TestSource) => ({
  ...source,
  url: source.url.replace(/^http:\/\/[^/]+/, server.running.httpUrl),
});

beforeAll(async () => {
  before = await startServer();
  github = await makeSource(before, { slug: "gh", scheme: "github" });
  await makeSource(before, { slug: "pay", scheme: "stripe", secret: "whsec_1" });
  await makeSource(before, { slug: "open", scheme: "none" });
  await before.running.stop();
  await rm(join(before.dataDir, "keys.json"));
  server = await startServer({
    dataDir: before.dataDir,
    onWarning: (fields, message) => warnings.push({ fields, message }),
  });
});
afterAll(async () => {
  before.control.close();
  await server.stop();
});

test("a start without the key of before says so, by the ids of the sources alone", () => {
  expect(warnings).toHaveLength(1);
  const [{ fields, message } = { fields: {}, message: "" }] = warnings;
  expect(message).toMatch(/secrets of 2 sources can't be opened.*keys\.json/);
  expect(fields).toEqual({ sources: [expect.stringMatching(/^src_/), expect.stringMatching(/^src_/)] });
});

test("webhooks that can't be verified are answered 503 without a word about which key or source, and logged once", async () => {
  warnings.length = 0;
  for (let i = 0; i < 20; i++) {
    const { status, body } = await post(now(github).url, "{}");
    expect(status).toBe(503);
    expect(body).toMatchObject({ ok: false, code: "not_verifiable" });
    expect(JSON.stringify(body)).not.toMatch(/src_|[0-9a-f]{12}|gh/);
  }
  expect(warnings).toEqual([
    {
      fields: expect.objectContaining({
        source: expect.stringMatching(/^src_/),
        slug: "gh",
        code: "key_missing",
      }),
      message: expect.stringContaining("with key"),
    },
  ]);
});

test("what needs no secret is accepted", async () => {
  const { sources } = await server.control.call(ControlService.method.listSources, {});
  expect(sources.map(({ slug, secrets, unreadableSecrets }) => [slug, secrets, unreadableSecrets])).toEqual(
    expect.arrayContaining([
      ["gh", 1, 1],
      ["pay", 1, 1],
      ["open", 0, 0],
    ]),
  );
  expect((await post(sources.find(({ slug }) => slug === "open")?.url ?? "", "{}")).status).toBe(202);
});

test("a source that is made again has a new secret, and verifies with it", async () => {
  const made = await makeSource(server, { slug: "gh", scheme: "github" });
  expect(made.secret).toMatch(/^[0-9a-f]{64}$/);
  expect((await send(made, "github", "push")).status).toBe(202);
  expect((await send(now(github), "github", "push")).status).toBe(401);
});

test("one whose secret the provider makes asks for it again, and verifies once it has it", async () => {
  const call = { slug: "pay", scheme: "stripe" };
  const asked = await server.control.call(ControlService.method.createSource, call);
  expect(asked.nextStep).toMatch(/refused until the source has the provider's secret/);
  const made = await makeSource(server, { slug: "pay", scheme: "stripe", secret: "whsec_2" });
  expect((await send(made, "stripe", "invoice.payment_failed")).status).toBe(202);
});

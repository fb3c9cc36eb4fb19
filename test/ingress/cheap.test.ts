import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import type { Store } from "../../src/domain/ports/store.ts";
import { sampleTypes } from "../../src/domain/samples/sample.ts";
import { keysOf, schemes } from "../../src/domain/schemes/index.ts";
import { SCHEMES } from "../../src/domain/source.ts";
import { openSqliteStore } from "../../src/store/sqlite/store.ts";
import { makeSource, post, send, startServer, type TestServer } from "../world/server.ts";

let server: TestServer;
let store: Store;

beforeAll(async () => {
  server = await startServer({
    openStore: async (dataDir) => {
      store = await openSqliteStore({ path: join(dataDir, "signalbox.db") });
      return store;
    },
  });
});
afterAll(() => server.stop());
beforeEach(() => void vi.restoreAllMocks());

const proving = SCHEMES.filter((scheme) => scheme !== "none");

test.each(proving)("a bad signature costs no parse and no write: %s", async (scheme) => {
  const { signing, given } = keysOf(schemes[scheme].secret, randomBytes(32));
  const source = await makeSource(server, { slug: scheme, scheme, secret: given });
  const [type = ""] = sampleTypes(scheme);
  const parse = vi.spyOn(JSON, "parse");
  const commit = vi.spyOn(store, "commit");
  const body = `{"action":"forged-body","webhookTimestamp":${Date.now()}}`;
  const parsed = () => parse.mock.calls.filter(([text]) => String(text).includes(body)).length;

  const another = keysOf(schemes[scheme].secret, randomBytes(32)).signing;
  const raw = new TextEncoder().encode(body);
  const headers = schemes[scheme].sign({ headers: {}, body: raw, url: source.url }, another, Date.now());
  const forged = await post(source.url, body, headers);
  expect(forged).toMatchObject({ status: 401, body: { code: "bad_signature" } });
  expect([parsed(), commit.mock.calls.length]).toEqual([0, 0]);

  // The same ways, with the right signature, cost a write.
  const sent = await send({ ...source, secret: signing }, scheme, type);
  expect([sent.status < 300, commit.mock.calls.length]).toEqual([true, 1]);
});

test("a good signature costs one parse", async () => {
  const source = await makeSource(server, { slug: "gh", scheme: "github" });
  const parse = vi.spyOn(JSON, "parse");
  await send(source, "github", "pull_request.opened");
  expect(parse.mock.calls.filter(([text]) => String(text).includes('"pull_request"'))).toHaveLength(1);
});

test("a source is read once, however many webhooks come", async () => {
  const source = await makeSource(server, { slug: "busy" });
  const read = vi.spyOn(store, "source");
  for (let i = 0; i < 20; i++) await send(source, "generic", "deploy.finished");
  expect(read.mock.calls.length).toBeLessThanOrEqual(2);
});

test("an address that can be no source's is not even looked for", async () => {
  const read = vi.spyOn(store, "source");
  const { url } = await makeSource(server, { slug: "real" });
  for (const guess of [url.replace("real", "NO-SLUG"), url.replace(/p_.{24}/, "p_x")]) {
    expect((await post(guess, "{}")).status).toBe(404);
  }
  expect(read).not.toHaveBeenCalled();
});

test("a source that is made, changed or removed is so for the very next webhook", async () => {
  const address = (await makeSource(server, { slug: "first" })).url.replace(/first$/, "later");
  expect((await post(address, "{}")).status).toBe(404);

  const source = await makeSource(server, { slug: "later", secret: "old" });
  expect((await send(source, "generic", "deploy.finished")).status).toBe(202);
  expect((await send({ ...source, secret: "new" }, "generic", "deploy.finished")).status).toBe(401);
  await makeSource(server, { slug: "later", secret: "new" });
  expect((await send({ ...source, secret: "new" }, "generic", "deploy.finished")).status).toBe(202);

  const { sources } = await server.control.call(ControlService.method.listSources, {});
  const id = sources.find(({ slug }) => slug === "later")?.id ?? "";
  await server.control.call(ControlService.method.deleteSource, { id });
  expect((await send(source, "generic", "deploy.finished")).status).toBe(404);
});

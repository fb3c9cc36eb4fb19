/** Keys of the webhook secrets, rotated on a real server, with real files, while webhooks come in. */
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { ControlService, type RotateKeysResponse } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { keyOf } from "../../src/config/key-ring.ts";
import type { Store } from "../../src/domain/ports/store.ts";
import { openSqliteStore } from "../../src/store/sqlite/store.ts";
import { home } from "../cli/command-line.ts";
import { makeSource, send, startServer, type TestServer, type TestSource } from "../world/server.ts";

const { method } = ControlService;
const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

/** The store as it is, to look into. */
let store: Store;

async function start(
  options: { dataDir?: string; env?: Record<string, string>; wrap?: (store: Store) => Store } = {},
): Promise<TestServer> {
  const server = await startServer({
    dataDir: options.dataDir ?? mkdtempSync(join(tmpdir(), "rotated-keys-")),
    ...(options.env && { env: options.env }),
    openStore: async (dataDir) => {
      store = await openSqliteStore({ path: join(dataDir, "signalbox.db") });
      return options.wrap?.(store) ?? store;
    },
  });
  servers.push(server);
  return server;
}

async function leave(server: TestServer): Promise<void> {
  servers.splice(servers.indexOf(server), 1);
  await server.stop();
}

const keysIn = ({ dataDir }: TestServer): string[] =>
  JSON.parse(readFileSync(join(dataDir, "keys.json"), "utf8")).keys;

/** The ids of the keys that secrets in the store are sealed with. */
async function keysUsed(): Promise<Set<string | undefined>> {
  const accounts = await store.accounts();
  const sources = (await Promise.all(accounts.map(({ id }) => store.sources(id)))).flat();
  return new Set(sources.flatMap(({ secrets }) => secrets.map((sealed) => sealed.split(".")[1])));
}

const rotate = ({ control }: TestServer, key = ""): Promise<RotateKeysResponse> =>
  control.call(method.rotateKeys, { key });

/** The source as a server names it that was started anew. */
const at = (server: TestServer, source: TestSource): TestSource => ({
  ...source,
  url: source.url.replace(/^http:\/\/[^/]+/, server.running.httpUrl),
});

const arrives = async (source: TestSource) => (await send(source, "generic", "deploy.finished")).status;

test("every secret is sealed anew while webhooks come in, and the old key goes", async () => {
  const server = await start();
  const sources = await Promise.all(["a", "b", "c"].map((slug) => makeSource(server, { slug })));
  const [before] = keysIn(server);
  const statuses: number[] = [];
  let over = false;
  const sending = sources.map(async (source) => {
    do statuses.push(await arrives(source));
    while (!over);
  });
  const rotated = await rotate(server);
  over = true;
  await Promise.all(sending);
  expect(new Set(statuses)).toEqual(new Set([202]));
  expect(rotated).toMatchObject({ resealed: 3, remaining: 0, unreadable: 0, given: false });
  expect(await keysUsed()).toEqual(new Set([rotated.key]));
  expect(keysIn(server).map((text) => keyOf(text).id)).toEqual([rotated.key]);
  expect(rotated.removed).toEqual([keyOf(before ?? "").id]);
  await leave(server);
  const again = await start({ dataDir: server.dataDir });
  for (const source of sources) expect(await arrives(at(again, source))).toBe(202);
});

test.each([0, 1, 2])(
  "cut off after %i sources, everything opens, and the next rotation ends it",
  async (stored) => {
    const server = await start({
      wrap: (real) => {
        let puts = 0;
        return {
          ...real,
          // Three make the sources.
          putSource: (source) =>
            ++puts > 3 + stored ? Promise.reject(new Error("the power went")) : real.putSource(source),
        };
      },
    });
    const sources: TestSource[] = [];
    for (const slug of ["a", "b", "c"]) sources.push(await makeSource(server, { slug }));
    await expect(rotate(server)).rejects.toThrow();
    expect(keysIn(server)).toHaveLength(2);
    await leave(server);
    const again = await start({ dataDir: server.dataDir });
    for (const source of sources) expect(await arrives(at(again, source))).toBe(202);
    const { key } = await rotate(again);
    expect(keysIn(again).map((text) => keyOf(text).id)).toEqual([key]);
    for (const source of sources) expect(await arrives(at(again, source))).toBe(202);
  },
);

test("a secret that was sealed before the rotation and stored after its beginning is not left to a key that goes", async () => {
  const gate = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  let looks = 0;
  const server = await start({
    wrap: (real) => ({
      ...real,
      accounts: () => {
        looks += 1;
        return real.accounts();
      },
      putSource: async (source) => {
        if (source.slug === "late") {
          reached.resolve();
          await gate.promise;
        }
        return real.putSource(source);
      },
    }),
  });
  const making = makeSource(server, { slug: "late" });
  await reached.promise;
  const rotating = rotate(server);
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  while (keysIn(server).length < 2) await turn();
  // The new key is on the disk; who looks for secrets of the old one now has to wait for the source.
  for (const before = looks; looks === before; ) await turn();
  for (let i = 0; i < 50; i++) await turn();
  gate.resolve();
  const [source, { key }] = await Promise.all([making, rotating]);
  expect(await keysUsed()).toEqual(new Set([key]));
  expect(await arrives(source)).toBe(202);
});

test("a source that is deleted meanwhile stays deleted", async () => {
  const server = await start();
  await makeSource(server, { slug: "a" });
  const [source] = (await server.control.call(method.listSources, {})).sources;
  await Promise.all([rotate(server), server.control.call(method.deleteSource, { id: source?.id ?? "" })]);
  expect((await server.control.call(method.listSources, {})).sources).toEqual([]);
});

test("a key of a secret that can't be opened is kept, and the secret as it is", async () => {
  const server = await start();
  await makeSource(server, { slug: "damaged" });
  const [account] = await store.accounts();
  const [source] = await store.sources(account?.id ?? "");
  if (source === undefined) throw new Error("no source");
  const damaged = source.secrets.map((sealed) => `${sealed.slice(0, -2)}AA`);
  await store.putSource({ ...source, secrets: damaged });
  expect(await rotate(server)).toMatchObject({ resealed: 0, unreadable: 1, removed: [] });
  expect(keysIn(server)).toHaveLength(2);
  expect((await store.sources(source.account))[0]?.secrets).toEqual(damaged);
});

test("a key of a source that can't be read is kept", async () => {
  const server = await start();
  await makeSource(server, { slug: "of-tomorrow" });
  const [account] = await store.accounts();
  const [source] = await store.sources(account?.id ?? "");
  if (source === undefined) throw new Error("no source");
  await store.putSource({ ...source, options: JSON.parse('{"ofANewerServer":1}') });
  expect(await store.sources(source.account)).toEqual([]);
  expect(await rotate(server)).toMatchObject({ resealed: 0, removed: [] });
  expect(keysIn(server)).toHaveLength(2);
});

test("of several keys in SIGNALBOX_KEY the first seals, all open, and what is idle then is named", async () => {
  const [old, fresh] = ["ab".repeat(32), "cd".repeat(32)];
  const server = await start({ env: { SIGNALBOX_KEY: old } });
  const source = await makeSource(server, { slug: "a" });
  await leave(server);
  const again = await start({ dataDir: server.dataDir, env: { SIGNALBOX_KEY: `${fresh},${old}` } });
  expect(await arrives(at(again, source))).toBe(202);
  const here = await home();
  here.env.SIGNALBOX_DATA_DIR = again.dataDir;
  const said = await here.run("keys", "rotate");
  expect(said).toMatchObject({ code: 0, err: "" });
  expect(said.out).toContain(
    `Key ${keyOf(fresh).id}, the first of SIGNALBOX_KEY, seals now; the secrets of 1 source`,
  );
  expect(said.out).toContain(`Nothing is sealed with ${keyOf(old).id} any more`);
  await leave(again);
  const last = await start({ dataDir: server.dataDir, env: { SIGNALBOX_KEY: fresh } });
  expect(await arrives(at(last, source))).toBe(202);
});

test("more sources than one call takes are sealed call by call, which the command does", async () => {
  const server = await start();
  await makeSource(server, { slug: "first" });
  for (let i = 0; i < 120; i++) await makeSource(server, { slug: `s${i}` });
  const first = await rotate(server);
  expect(first).toMatchObject({ resealed: 100, remaining: 21, removed: [] });
  expect(keysIn(server)).toHaveLength(2);
  expect(await rotate(server, first.key)).toMatchObject({ key: first.key, resealed: 21, remaining: 0 });
  await expect(rotate(server, "0123456789ab")).rejects.toMatchObject({ code: "another_key" });
  const here = await home();
  here.env.SIGNALBOX_DATA_DIR = server.dataDir;
  const said = await here.run("keys", "rotate");
  expect(said.out).toContain("the secrets of 121 sources were sealed anew");
  expect(said.out).toContain(`Removed from keys.json: ${first.key}.`);
});

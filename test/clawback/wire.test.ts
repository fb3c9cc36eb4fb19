/** Clawback's own wire against a real server: what its documentation promises its plugin. */
import { once } from "node:events";
import { get } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { makeSource, send, startServer, type TestServer, type TestSource } from "../world/server.ts";
import { until } from "../world/until.ts";
import { ClawbackClient } from "./client.ts";

let server: TestServer;
let source: TestSource;
let tag = "";
let lanes = 0;
const open: ClawbackClient[] = [];

beforeAll(async () => {
  server = await startServer({ env: { SIGNALBOX_GRACE_SECONDS: "1" } });
});
afterAll(() => server.stop());
afterEach(async () => {
  for (const client of open.splice(0)) if (client.isOpen) await client.leaves();
});

/** A lane and a source of its own for each test. */
async function ownLane(): Promise<void> {
  lanes += 1;
  tag = `claw-${lanes}`;
  source = await makeSource(server, { slug: tag, tag });
}

function client(token = server.token, ownTag: string | undefined = tag): ClawbackClient {
  const made = new ClawbackClient(server.running.httpUrl, token, ownTag);
  open.push(made);
  return made;
}

const arrives = async () => String((await send(source, "generic", "deploy.finished")).body.id);
const { method } = ControlService;
const infoOf = async (id: string) => {
  const { events } = await server.control.call(method.listEvents, {
    lane: `tag:${tag}`,
    states: ["queued", "dispatching", "delivered", "returned", "interrupted", "acked", "dead"],
  });
  return events.find((event) => event.id === id);
};
const isIn = (id: string, state: string) =>
  until(async () => (await infoOf(id))?.state === state, `${id} ${state}`);

describe("events", () => {
  test("one at a time, however much its plugin would buffer, each acked by the id of its delivery", async () => {
    await ownLane();
    const ids = [await arrives(), await arrives(), await arrives()];
    const plugin = await client().connect();
    for (const [n, id] of ids.entries()) {
      const shown = await plugin.shows(n + 1);
      expect(shown.id).toBe(`${id}.1`);
      expect(shown.content).toContain(`Signalbox event ${id} (delivery 1)`);
      expect(Object.values(shown.meta).every((value) => typeof value === "string")).toBe(true);
      // The answer to a ping behind it proves that it came through, and by then the next would have, too.
      await isIn(id, "delivered");
      expect(plugin.buffered).toEqual([]);
      plugin.ack(`done ${n}`);
      await isIn(id, "acked");
      expect((await infoOf(id))?.summary).toBe(`done ${n}`);
    }
  });

  test("an ack that was kept while it was offline settles its event, and the next comes", async () => {
    await ownLane();
    const [first, second] = [await arrives(), await arrives()];
    const plugin = await client().connect();
    await plugin.shows(1);
    await isIn(first, "delivered");
    await plugin.breaks();
    plugin.ack("offline");
    await plugin.connect();
    await isIn(first, "acked");
    expect((await plugin.shows(2)).id).toBe(`${second}.1`);
  });

  test("a link that breaks and comes back keeps its event, and is shown nothing twice", async () => {
    await ownLane();
    const id = await arrives();
    const plugin = await client().connect();
    await plugin.shows(1);
    await isIn(id, "delivered");
    await plugin.breaks();
    await plugin.connect();
    plugin.ack();
    await isIn(id, "acked");
    const next = await arrives();
    expect((await plugin.shows(2)).id).toBe(`${next}.1`);
  });

  test("an offline ack of a delivery that another session has by now is late: known by its id, without effect", async () => {
    await ownLane();
    const id = await arrives();
    const plugin = await client().connect();
    await plugin.shows(1);
    await isIn(id, "delivered");
    await plugin.breaks();
    const other = await client().connect();
    // It took the seat of the one that broke; it says that it ends, and the event goes back at once.
    await other.leaves();
    const third = await client().connect();
    const again = await third.shows(1);
    expect(again.id).toBe(`${id}.2`);
    expect(again.content).toContain("delivery 2");
    await plugin.connect();
    plugin.sendAck(`${id}.1`, "late");
    // Frames are taken in their order: when the request behind it is answered, the ack has been taken.
    await plugin.request("account_info");
    expect(await infoOf(id)).toMatchObject({ state: "delivered", delivery: 2 });
    third.ack("in time");
    await isIn(id, "acked");
    expect((await infoOf(id))?.summary).toBe("in time");
  });

  test("a process that ends gives its event back at once, and the next one is told that it comes back", async () => {
    await ownLane();
    const id = await arrives();
    const plugin = await client().connect();
    await plugin.shows(1);
    await plugin.leaves();
    await isIn(id, "returned");
    const next = await client().connect();
    expect((await next.shows(1)).id).toBe(`${id}.2`);
  });

  test("two clients of one token and tag are two sessions, and an event is with one of them", async () => {
    await ownLane();
    const [one, other] = [await client().connect(), await client().connect()];
    const [first, second] = [await arrives(), await arrives()];
    await until(() => one.shown.length + other.shown.length === 2, "both events");
    expect([one.shown.length, other.shown.length]).toEqual([1, 1]);
    one.ack();
    other.ack();
    await isIn(first, "acked");
    await isIn(second, "acked");
  });
});

describe("a restart", () => {
  test("between a delivery and its ack loses nothing and shows nothing twice", async () => {
    const own = await startServer();
    const src = await makeSource(own, { slug: "restart" });
    const before = new ClawbackClient(own.running.httpUrl, own.token);
    await before.connect();
    const { body } = await send(src, "generic", "deploy.finished");
    await before.shows(1);
    await own.stop();
    expect((await before.isClosed()).code).toBe(1012);
    before.ack("while it was down");
    const port = new URL(own.running.httpUrl).port;
    const again = await startServer({ dataDir: own.dataDir, env: { SIGNALBOX_HTTP_PORT: port } });
    await before.connect();
    await until(async () => {
      const { events } = await again.control.call(method.listEvents, { states: ["acked"] });
      return events.some(({ id }) => id === body.id);
    }, "the ack");
    expect(before.shown).toHaveLength(1);
    await before.leaves();
    await again.stop();
  });
});

describe("at the door", () => {
  test("a token that is none, and no auth at all, are closed without a word more", async () => {
    const wrong = await client("cbt_none", undefined).open();
    expect(await wrong.isClosed()).toMatchObject({ code: 1008 });
    const rude = await client().open({ silent: true });
    rude.say({ type: "account_info", requestId: "r1" });
    expect(await rude.isClosed()).toMatchObject({ code: 1008 });
    expect(rude.heard).toEqual([]);
  });

  test("a client that says nothing is sent away", async () => {
    const silent = await client().open({ silent: true });
    expect((await silent.isClosed()).reason).toMatch(/no auth came/);
  });

  test("a token that is bound to tags serves these and no other lane", async () => {
    await ownLane();
    const { token } = await server.control.call(method.createToken, { label: "bound", tags: [tag] });
    await (await client(token).connect()).leaves();
    const astray = await client(token, "another").open();
    expect((await astray.isClosed()).reason).toMatch(/^wrong_tag/);
    const untagged = new ClawbackClient(server.running.httpUrl, token);
    await untagged.open();
    expect((await untagged.isClosed()).reason).toMatch(/^wrong_tag/);
  });

  test("a revoked token ends its links at once", async () => {
    const { id, token } = await server.control.call(method.createToken, { label: "short" });
    const plugin = await client(token, undefined).connect();
    await server.control.call(method.revokeToken, { id });
    expect((await plugin.isClosed()).reason).toMatch(/^revoked/);
  });

  test("a page in a browser is refused, by its Origin, whatever that is", async () => {
    for (const origin of ["http://evil.example", server.running.httpUrl, "null"]) {
      const page = await client().open({ headers: { origin } });
      expect(page.refused).toBe(403);
    }
  });

  test("a plain request there is told to connect with a WebSocket, and an upgrade elsewhere is served as if it asked none", async () => {
    expect((await fetch(`${server.running.httpUrl}/ws`)).status).toBe(426);
    for (const upgrade of ["h2c", "websocket"]) {
      const asks = get(`${server.running.httpUrl}/healthz`, { headers: { connection: "upgrade", upgrade } });
      const [response] = await once(asks, "response");
      expect(response.statusCode).toBe(200);
      response.resume();
    }
  });

  test("frames that are none end their own link alone", async () => {
    await ownLane();
    const good = await client().connect();
    for (const bad of [
      "{",
      "null",
      "[]",
      '{"type":"ack"}',
      '{"type":"auth"}',
      `{"type":"x","a":${"[".repeat(9_999)}`,
    ]) {
      const plugin = await client(server.token, undefined).connect();
      plugin.say(bad);
      expect((await plugin.isClosed()).code).toBe(1008);
    }
    const binary = await client(server.token, undefined).connect();
    binary.bytes(new Uint8Array([1, 2, 3]));
    expect((await binary.isClosed()).code).toBe(1003);
    const large = await client(server.token, undefined).connect();
    large.say(`"${"x".repeat(600_000)}"`);
    expect((await large.isClosed()).code).toBe(1009);
    const flood = await client(server.token, undefined).connect();
    for (let n = 0; n < 2_000; n++) flood.say({ type: "pong" });
    expect((await flood.isClosed()).reason).toMatch(/^too_fast/);
    const id = await arrives();
    expect((await good.shows(1)).id).toBe(`${id}.1`);
  });

  test("a thousand acks that were kept offline are all taken", async () => {
    await ownLane();
    const plugin = await client().connect();
    for (let n = 0; n < 1_000; n++) plugin.sendAck("evt_01k00000000000000000000001.1");
    expect(await plugin.request("cron_list")).toMatchObject({ type: "response" });
    expect(plugin.isOpen).toBe(true);
  });
});

/** What a plugin may not say on its link, whatever it sends: told clearly, without effect, and without harm to others. */
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { AckStatus, Outcome, Way } from "../../proto/gen/signalbox/v1/link_pb.ts";
import { idFactory } from "../../src/domain/ids.ts";
import type { Store } from "../../src/domain/ports/store.ts";
import { nodeClock } from "../../src/edges/node-clock.ts";
import { nodeRandom } from "../../src/edges/node-random.ts";
import { Tokens } from "../../src/services/tokens.ts";
import { openSqliteStore } from "../../src/store/sqlite/store.ts";
import { LinkClient } from "../world/link-client.ts";
import { makeSource, send, startServer, type TestServer } from "../world/server.ts";
import { until } from "../world/until.ts";
import { messageBytes, RawLink } from "./raw-link.ts";

let server: TestServer;
let store: Store;
const open: { close(): void }[] = [];
let names = 0;

beforeAll(async () => {
  server = await startServer({
    openStore: async (dataDir) => {
      store = await openSqliteStore({ path: join(dataDir, "signalbox.db") });
      return store;
    },
  });
});
afterAll(() => server.stop());
afterEach(() => {
  for (const link of open.splice(0)) link.close();
});

function raw(token = server.token): RawLink {
  const link = new RawLink(server.running.grpcUrl, { token });
  open.push(link);
  return link;
}

function plugin(token = server.token): LinkClient {
  const link = new LinkClient(server.running.grpcUrl, token);
  open.push(link);
  return link;
}

/** A session and a lane that nobody else has. */
function ownName(): [session: string, tag: string] {
  names += 1;
  return [`s-${names}`, `none-${names}`];
}

/** A lane of the test's own, and an event in it. */
async function laneWithEvent(): Promise<{ tag: string; id: string; arrives: () => Promise<string> }> {
  names += 1;
  const tag = `lane-${names}`;
  const source = await makeSource(server, { slug: tag, tag });
  const arrives = async () => String((await send(source, "generic", "deploy.finished")).body.id);
  return { tag, id: await arrives(), arrives };
}

const EVENT = "evt_01k00000000000000000000000";
const ref = (eventId: string, delivery: number) => ({ eventId, delivery });

describe("a frame that no plugin of ours sends ends the stream with its reason", () => {
  const frames: [name: string, send: (link: RawLink) => void][] = [
    ["a second Hello", (link) => link.hello()],
    ["a frame without a kind", (link) => link.write(messageBytes(Buffer.alloc(0)))],
    ["a kind that does not exist", (link) => link.write(messageBytes(Buffer.from([0xfa, 0x06, 0x01, 0x00])))],
    ["delivery 0", (link) => link.say({ case: "taken", value: { of: ref(EVENT, 0) } })],
    ["no delivery at all", (link) => link.say({ case: "taken", value: {} })],
    [
      "an id of a megabyte",
      (link) => link.say({ case: "taken", value: { of: ref("x".repeat(1_000_000), 1) } }),
    ],
    [
      "an id of another grammar",
      (link) => link.say({ case: "held", value: { of: ref("'; drop table events", 1) } }),
    ],
    [
      "an outcome that does not exist",
      (link) => link.say({ case: "ack", value: { of: ref(EVENT, 1), outcome: 77 as Outcome } }),
    ],
    ["a turn lost without saying which", (link) => link.say({ case: "presence", value: { turnLost: 1 } })],
  ];

  test.each(frames)("%s", async (_, sendIt) => {
    const link = raw().hello(...ownName());
    await until(() => link.kinds.includes("welcome"), "the welcome");
    sendIt(link);
    await until(() => link.ended || link.status !== null, "the end");
    const refused = link.heard.at(-1);
    expect(refused).toMatchObject({ case: "refused", value: { code: "bad_frame", retry: false } });
    expect(JSON.stringify(refused?.value).length).toBeLessThan(1_000);
    expect(link.status).toBe("0");
  });

  test.each([
    ["bytes that are no message", messageBytes(Buffer.from("geheim geheim geheim")), "13"],
    [
      "a message that says it is compressed and is not",
      messageBytes(Buffer.from("plain"), { flag: 1 }),
      "13",
    ],
    ["a message larger than a megabyte", messageBytes(Buffer.alloc(1_048_577)), "8"],
    ["a length of four gigabytes", messageBytes(Buffer.alloc(10), { length: 0xffffffff }), "8"],
  ])("%s", async (_, bytes, status) => {
    const link = raw().hello(...ownName());
    await until(() => link.kinds.includes("welcome"), "the welcome");
    link.write(bytes);
    await until(() => link.status !== null, "the status");
    expect([link.status, link.message.length > 10]).toEqual([status, true]);
  });

  test("a compressed message that unpacks to 64 megabytes is stopped at its limit", async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1_048_576));
    expect(bomb.length).toBeLessThan(100_000);
    const stream = raw().session.request(
      {
        ":method": "POST",
        ":path": "/signalbox.v1.LinkService/Connect",
        "content-type": "application/grpc",
        te: "trailers",
        "grpc-encoding": "gzip",
      },
      { endStream: false },
    );
    let status = "";
    const note = (headers: { [name: string]: unknown }) => {
      status = String(headers["grpc-status"] ?? status);
    };
    stream.on("trailers", note).on("response", note);
    stream.on("error", () => {}).resume();
    stream.write(messageBytes(bomb, { flag: 1 }));
    await until(() => status !== "", "the status");
    expect(status).toBe("8");
  });
});

describe("a Hello that makes no sense is refused before anything is made", () => {
  const long = "x".repeat(100_000);
  test.each([
    ["a session of another grammar", { session: "../x" }],
    ["a session too long", { session: long }],
    ["an instance too short", { instance: "x" }],
    ["a tag of another grammar", { tag: "Deploys!" }],
    ["a hand that names no event", { inHand: ref("x", 1) }],
    ["an unconfirmed ack of delivery 0", { unconfirmed: [{ of: ref(EVENT, 0), outcome: Outcome.DONE }] }],
  ])("%s", async (_, more) => {
    const before = (await store.sessions(null)).length;
    const link = plugin();
    link.hello({ session: "sane", instance: "instance-sane", ...more });
    expect(await link.hears("refused")).toMatchObject({ code: "bad_frame" });
    expect((await store.sessions(null)).length).toBe(before);
  });

  test("labels too long are cut, and more unconfirmed acks than a plugin keeps are not read", async () => {
    const link = plugin();
    const unconfirmed = Array.from({ length: 2_000 }, () => ({ of: ref(EVENT, 1), outcome: Outcome.DONE }));
    link.hello({
      session: "labelled",
      instance: "instance-labels",
      tag: "labels",
      client: long,
      project: long,
      unconfirmed,
    });
    await link.hears("welcome");
    await until(() => link.all("acked").length >= 1_000, "the answers");
    const [session] = (await store.sessions(null)).filter(({ id }) => id === "labelled");
    expect(session?.actor.context.client.length).toBeLessThanOrEqual(200);
    expect(session?.actor.context.project.length).toBeLessThanOrEqual(200);
    expect(link.all("acked")).toHaveLength(1_000);
  });
});

describe("frames out of their order", () => {
  test("nothing before Hello but Hello, and what follows the refusal has no effect", async () => {
    const { tag, id } = await laneWithEvent();
    const holder = plugin();
    holder.hello({ session: `h-${tag}`, tag });
    await holder.hears("deliver");
    const hasty = plugin();
    hasty.say({ case: "ack", value: { of: ref(id, 1), outcome: Outcome.DONE } });
    hasty.hello({ session: `x-${tag}`, tag });
    hasty.say({ case: "ack", value: { of: ref(id, 1), outcome: Outcome.DONE } });
    expect(await hasty.hears("refused")).toMatchObject({ code: "bad_frame" });
    await until(() => hasty.ended, "the end");
    expect(hasty.all("acked")).toEqual([]);
    expect((await store.event(id))?.actor.context.outcome).toBeNull();
  });

  test("a hundred frames wait for the welcome, and no more", async () => {
    const link = raw();
    const early = Array.from({ length: 300 }, () => ({ case: "presence" as const, value: { life: true } }));
    link.hello(...ownName());
    for (const frame of early) link.say(frame);
    await until(() => link.kinds.length > 0, "an answer");
    expect(["welcome", "refused"]).toContain(link.kinds[0]);
  });
});

describe("forgeries", () => {
  test("an ack of a delivery that never was is late, of an event that never was unknown, and neither changes anything", async () => {
    const { tag, id } = await laneWithEvent();
    const link = plugin();
    link.hello({ session: `s-${tag}`, tag });
    await link.hears("deliver");
    for (const delivery of [2, 4_294_967_295]) {
      link.say({ case: "ack", value: { of: ref(id, delivery), outcome: Outcome.DONE } });
    }
    link.say({ case: "ack", value: { of: ref(EVENT, 1), outcome: Outcome.DONE } });
    await until(() => link.all("acked").length === 3, "three answers");
    expect(link.all("acked").map(({ status }) => status)).toEqual([
      AckStatus.LATE,
      AckStatus.LATE,
      AckStatus.UNKNOWN,
    ]);
    expect((await store.event(id))?.actor.context).toMatchObject({
      outcome: null,
      claim: { session: `s-${tag}` },
    });
  });

  test("receipts and extensions of what another session has in hand change nothing", async () => {
    const { tag, id } = await laneWithEvent();
    const holder = plugin();
    holder.hello({ session: `a-${tag}`, tag });
    await holder.hears("deliver");
    const other = plugin();
    other.hello({ session: `b-${tag}`, tag });
    await other.hears("welcome");
    const before = (await store.event(id))?.rev;
    other.say({ case: "surfaced", value: { of: ref(id, 1), way: Way.CHANNEL } });
    other.say({ case: "taken", value: { of: ref(id, 1) } });
    other.say({
      case: "extend",
      value: { of: ref(id, 1), seconds: 4_294_967_295, waitingFor: "x".repeat(1_000) },
    });
    // An answered frame behind them: they have been taken.
    other.say({ case: "ack", value: { of: ref(EVENT, 1), outcome: Outcome.DONE } });
    await other.hears("acked");
    expect((await store.event(id))?.rev).toBe(before);
  });

  test("the stream that lost its session says nothing that counts", async () => {
    const { tag, id } = await laneWithEvent();
    const old = plugin();
    old.hello({ session: `s-${tag}`, instance: "instance-1", tag });
    await old.hears("deliver");
    const fresh = plugin();
    fresh.hello({ session: `s-${tag}`, instance: "instance-1", tag, inHand: ref(id, 1) });
    await fresh.hears("welcome");
    old.say({ case: "ack", value: { of: ref(id, 1), outcome: Outcome.DONE } });
    expect(await old.hears("refused")).toMatchObject({ code: "taken_over" });
    await until(() => old.ended, "the end of the old stream");
    expect(old.all("acked")).toEqual([]);
    expect((await store.event(id))?.actor.context.outcome).toBeNull();
  });

  test("an event of another account is unknown, with the right delivery and in Hello too", async () => {
    const { tag, id } = await laneWithEvent();
    const holder = plugin();
    holder.hello({ session: `s-${tag}`, tag });
    await holder.hears("deliver");
    const newId = idFactory(nodeClock, nodeRandom);
    const account = newId("acc");
    await store.putAccount({
      id: account,
      profileId: `p_${"b".repeat(24)}`,
      label: "neighbour",
      identity: null,
      createdAt: 1,
    });
    const tokens = new Tokens({ store, clock: nodeClock, random: nodeRandom, newId });
    const { secret } = await tokens.issue(account, "theirs", "session", []);
    const thief = plugin(secret);
    const unconfirmed = [{ of: ref(id, 1), outcome: Outcome.DONE }];
    thief.hello({ session: `s-${tag}`, instance: "instance-thief", tag, inHand: ref(id, 1), unconfirmed });
    expect(await thief.hears("welcome")).toMatchObject({ epoch: 1n });
    expect((await thief.hears("welcome")).keep).toBeUndefined();
    expect(await thief.hears("acked")).toMatchObject({ status: AckStatus.UNKNOWN, state: "" });
    thief.say({ case: "ack", value: { of: ref(id, 1), outcome: Outcome.DONE } });
    expect(await thief.hears("acked", 2)).toMatchObject({ status: AckStatus.UNKNOWN, state: "" });
    expect(thief.all("deliver")).toEqual([]);
    expect((await store.event(id))?.actor.context).toMatchObject({ outcome: null, lateAcks: 0 });
    // The holder never noticed.
    holder.say({ case: "ack", value: { of: ref(id, 1), outcome: Outcome.DONE } });
    expect(await holder.hears("acked")).toMatchObject({ status: AckStatus.SETTLED });
  });
});

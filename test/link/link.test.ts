import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { AckStatus, Outcome, TurnLost, Way } from "../../proto/gen/signalbox/v1/link_pb.ts";
import { controlClient } from "../../src/cli/control-client.ts";
import { LinkClient } from "../world/link-client.ts";
import { makeSource, send, startServer, type TestServer, type TestSource } from "../world/server.ts";
import { until } from "../world/until.ts";

let server: TestServer;
let source: TestSource;
let lanes = 0;
let lane = "";
const open: LinkClient[] = [];

beforeAll(async () => {
  server = await startServer({ env: { SIGNALBOX_GRACE_SECONDS: "1" } });
});
afterAll(() => server.stop());
afterEach(() => {
  for (const link of open.splice(0)) link.close();
});

/** A lane and a source of its own for each test. */
async function ownLane(): Promise<{ tag: string; session: string }> {
  lanes += 1;
  lane = `lane-${lanes}`;
  source = await makeSource(server, { slug: lane, tag: lane });
  return { tag: lane, session: `session-${lanes}` };
}

function link(token = server.token): LinkClient {
  const client = new LinkClient(server.running.grpcUrl, token);
  open.push(client);
  return client;
}

const arrives = async () => String((await send(source, "generic", "deploy.finished")).body.id);

describe("a link", () => {
  test("is welcomed, given an event, and given the next with the answer to its ack", async () => {
    const self = await ownLane();
    const first = await arrives();
    const second = await arrives();
    const plugin = link();
    plugin.hello(self);
    expect(await plugin.hears("welcome")).toMatchObject({
      session: self.session,
      epoch: 1n,
      lane: `tag:${self.tag}`,
    });
    const deliver = await plugin.hears("deliver");
    expect(deliver.of).toMatchObject({ eventId: first, delivery: 1 });
    expect(deliver.content).toContain(`Signalbox event ${first} (delivery 1)`);
    expect(deliver.meta).toMatchObject({ event_id: first, delivery: "1", lane: self.tag });
    const of = { eventId: first, delivery: 1 };
    plugin.say({ case: "surfaced", value: { of, way: Way.CHANNEL } });
    plugin.say({ case: "ack", value: { of, outcome: Outcome.DONE, summary: "done", ready: true } });
    expect(await plugin.hears("acked")).toMatchObject({
      status: AckStatus.SETTLED,
      state: "acked",
      next: true,
    });
    expect((await plugin.hears("deliver", 2)).of).toMatchObject({ eventId: second, delivery: 1 });
  });

  test("with a token that is not known is refused, with the cure", async () => {
    const plugin = link("cbt_unknown");
    plugin.hello();
    expect(await plugin.hears("refused")).toMatchObject({ code: "unauthenticated", retry: false });
    expect((await plugin.hears("refused")).cure).toMatch(/npm run connect/);
    await until(() => plugin.ended, "the end of the stream");
  });

  test("of another protocol is refused, and told which side is older", async () => {
    const plugin = link();
    plugin.hello({ protocol: 99 });
    expect(await plugin.hears("refused")).toMatchObject({ code: "protocol", cure: "Update the server" });
  });

  test("that does not begin with Hello is refused", async () => {
    const plugin = link();
    plugin.say({ case: "pong", value: { nonce: 1n } });
    expect(await plugin.hears("refused")).toMatchObject({ code: "bad_frame" });
  });

  test("whose frame makes no sense is refused, and its event stays in its hands", async () => {
    const self = await ownLane();
    const plugin = link();
    plugin.hello(self);
    const id = await arrives();
    await plugin.hears("deliver");
    plugin.say({ case: "surfaced", value: { of: { eventId: "../../etc", delivery: 1 }, way: Way.CHANNEL } });
    expect(await plugin.hears("refused")).toMatchObject({ code: "bad_frame" });
    const again = link();
    again.hello({ ...self, inHand: { eventId: id, delivery: 1 } });
    expect((await again.hears("welcome")).keep).toMatchObject({ eventId: id, delivery: 1 });
  });

  test("bound to tags serves no other lane", async () => {
    const { token } = await server.control.call(ControlService.method.createToken, { tags: ["deploys"] });
    const plugin = link(token);
    plugin.hello({ tag: "oncall" });
    expect(await plugin.hears("refused")).toMatchObject({ code: "wrong_tag" });
    const allowed = link(token);
    allowed.hello({ tag: "deploys", session: "bound" });
    await allowed.hears("welcome");
  });

  test("whose token is bound to tags reads and changes nothing of another lane", async () => {
    const self = await ownLane();
    const id = await arrives();
    const { token } = await server.control.call(ControlService.method.createToken, { tags: ["deploys"] });
    const bound = controlClient({ url: server.running.grpcUrl, token });
    const forbidden = { code: "wrong_tag" };
    const { getPayload, createSource } = ControlService.method;
    await expect(bound.call(getPayload, { eventId: id })).rejects.toMatchObject(forbidden);
    await expect(bound.call(createSource, { slug: "other", tag: "oncall" })).rejects.toMatchObject(forbidden);
    // Nor does it take another lane's source over by its slug.
    await expect(bound.call(createSource, { slug: self.tag, tag: "deploys" })).rejects.toMatchObject(
      forbidden,
    );
    expect((await bound.call(createSource, { slug: "own", tag: "deploys" })).source?.lane).toBe(
      "tag:deploys",
    );
    bound.close();
  });

  test("whose token is bound to tags is told of what is theirs alone", async () => {
    const { method } = ControlService;
    const { control } = server;
    const id = await arrives();
    for (const tag of ["walled", "oncall"]) {
      for (let i = 0; i < 3; i++)
        await control.call(method.createCron, { schedule: "@daily", prompt: tag, tag });
      await control.call(method.createSource, { slug: `wall-${tag}`, tag });
    }
    const { token } = await control.call(method.createToken, { tags: ["walled"] });
    const bound = controlClient({ url: server.running.grpcUrl, token });
    const sources = (await bound.call(method.listSources, {})).sources;
    expect(sources.map(({ slug }) => slug)).toEqual(["wall-walled"]);
    const first = await bound.call(method.listCrons, { limit: 2 });
    const rest = await bound.call(method.listCrons, { limit: 2, after: first.crons.at(-1)?.id ?? "" });
    expect([...first.crons, ...rest.crons].map(({ prompt }) => prompt)).toEqual([
      "walled",
      "walled",
      "walled",
    ]);
    expect([first.more, rest.more]).toEqual([true, false]);
    expect((await bound.call(method.listEvents, {})).events).toEqual([]);
    const forbidden = { code: "wrong_tag" };
    await expect(bound.call(method.listEvents, { lane: "tag:oncall" })).rejects.toMatchObject(forbidden);
    expect((await control.call(method.listEvents, {})).events.map((event) => event.id)).toContain(id);
    bound.close();
  });

  test("whose token is bound to tags neither sees nor changes a source that leads elsewhere, too", async () => {
    const { method } = ControlService;
    const { control } = server;
    const { source } = await control.call(method.createSource, {
      slug: "wall-forked",
      tag: "walled",
      routes: { "*": "/handle" },
      routeRules: { push: { tag: "oncall" } },
    });
    const id = source?.id ?? "";
    const { token } = await control.call(method.createToken, { tags: ["walled"] });
    const bound = controlClient({ url: server.running.grpcUrl, token });
    const forbidden = { code: "wrong_tag" };
    const settings = { trust: "instructions", secret: "mine" };
    await expect(
      bound.call(method.updateSource, { id, settings, mask: { paths: ["trust", "secret"] } }),
    ).rejects.toMatchObject(forbidden);
    await expect(
      bound.call(method.createSource, { slug: "wall-forked", tag: "walled" }),
    ).rejects.toMatchObject(forbidden);
    await expect(bound.call(method.deleteSource, { id })).rejects.toMatchObject(forbidden);
    const told = (await bound.call(method.listSources, {})).sources;
    expect(told.map(({ slug }) => slug)).not.toContain("wall-forked");
    const { sources } = await control.call(method.listSources, {});
    expect(sources.find((one) => one.id === id)).toEqual(source);
    bound.close();
  });

  test("that comes back with the same instance takes its own stream over, and nothing is shown twice", async () => {
    const self = await ownLane();
    const old = link();
    old.hello(self);
    const id = await arrives();
    await old.hears("deliver");
    const of = { eventId: id, delivery: 1 };
    const plugin = link();
    plugin.hello({ ...self, inHand: of });
    expect(await plugin.hears("welcome")).toMatchObject({ epoch: 2n, keep: of });
    expect(await old.hears("refused")).toMatchObject({ code: "taken_over" });
    plugin.say({ case: "ack", value: { of, ready: false } });
    expect(await plugin.hears("acked")).toMatchObject({ status: AckStatus.SETTLED, next: false });
    expect(plugin.all("deliver")).toEqual([]);
  });

  test("brings the acks that it could not confirm, and hears of each", async () => {
    const self = await ownLane();
    const old = link();
    old.hello(self);
    const id = await arrives();
    await old.hears("deliver");
    old.close();
    const of = { eventId: id, delivery: 1 };
    const plugin = link();
    plugin.hello({
      ...self,
      instance: "instance-2",
      unconfirmed: [{ of, outcome: Outcome.DONE, summary: "kept" }],
    });
    expect(await plugin.hears("acked")).toMatchObject({ of, status: AckStatus.SETTLED });
    expect(plugin.heard[0]?.case).toBe("welcome");
    expect(plugin.all("deliver")).toEqual([]);
  });

  test("of a second process is a session of its own while the first answers pings", async () => {
    const self = await ownLane();
    const first = link();
    first.hello(self);
    await first.hears("welcome");
    const second = link();
    second.hello({ ...self, instance: "instance-2" });
    first.say({ case: "pong", value: { nonce: (await first.hears("ping")).nonce } });
    expect((await second.hears("welcome")).session).not.toBe(self.session);
    expect(first.ended).toBe(false);
  });

  test("tells that the turn died, and is given the event again with its number", async () => {
    const self = await ownLane();
    const plugin = link();
    plugin.hello(self);
    const of = { eventId: await arrives(), delivery: 1 };
    await plugin.hears("deliver");
    plugin.say({ case: "surfaced", value: { of, way: Way.CHANNEL } });
    plugin.say({
      case: "presence",
      value: { hooks: true, life: true, turnLost: TurnLost.CLEARED, lost: of },
    });
    expect(await plugin.hears("deliver", 2)).toMatchObject({ of, again: true });
  });

  test("says nothing more about an event that is another's", async () => {
    const self = await ownLane();
    const holder = link();
    holder.hello(self);
    const of = { eventId: await arrives(), delivery: 1 };
    await holder.hears("deliver");
    const stranger = link();
    stranger.hello({ ...self, session: "stranger", instance: "instance-9" });
    await stranger.hears("welcome");
    stranger.say({ case: "surfaced", value: { of, way: Way.CHANNEL } });
    stranger.say({ case: "ack", value: { of: { ...of, delivery: 3 } } });
    // The forged ack is answered after the forged receipt was taken.
    expect(await stranger.hears("acked")).toMatchObject({ status: AckStatus.LATE, state: "dispatching" });
  });
});

test("a server that leaves tells its plugins to come back, and keeps what they have in hand", async () => {
  const leaving = await startServer();
  source = await makeSource(leaving, { slug: "ci" });
  const plugin = new LinkClient(leaving.running.grpcUrl, leaving.token);
  plugin.hello();
  const id = await arrives();
  await plugin.hears("deliver");
  await leaving.running.stop();
  expect(await plugin.hears("drain")).toMatchObject({ reconnectAfterSeconds: 1 });
  const back = await startServer({ dataDir: leaving.dataDir });
  const again = new LinkClient(back.running.grpcUrl, back.token);
  again.hello({ inHand: { eventId: id, delivery: 1 } });
  expect((await again.hears("welcome")).keep).toMatchObject({ eventId: id, delivery: 1 });
  again.close();
  plugin.close();
  leaving.control.close();
  await back.stop();
});

test("plain text is listened for on loopback only, unless told otherwise", async () => {
  await expect(startServer({ env: { SIGNALBOX_GRPC_HOST: "0.0.0.0" } })).rejects.toMatchObject({
    cure: expect.stringContaining("SIGNALBOX_ALLOW_PLAINTEXT"),
  });
});

test("a port in use is named, with the setting that changes it", async () => {
  const port = new URL(server.running.httpUrl).port;
  await expect(startServer({ env: { SIGNALBOX_HTTP_PORT: port } })).rejects.toMatchObject({
    code: "port_taken",
    cure: expect.stringContaining("SIGNALBOX_HTTP_PORT"),
  });
  const grpcPort = new URL(server.running.grpcUrl).port;
  await expect(startServer({ env: { SIGNALBOX_GRPC_PORT: grpcPort } })).rejects.toMatchObject({
    code: "port_taken",
    cure: expect.stringContaining("SIGNALBOX_GRPC_PORT"),
  });
});

/** What a token has let in, when it is rotated or revoked: over real connections. */
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ControlService, type CreateTokenResponse } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { type ControlClient, controlClient } from "../../src/cli/control-client.ts";
import { grpcDefinition } from "../../src/edges/grpc-definition.ts";
import { LinkClient } from "../world/link-client.ts";
import { makeSource, send, startServer, type TestServer } from "../world/server.ts";
import { until } from "../world/until.ts";

const { method } = ControlService;

let server: TestServer;
const clients: { close(): void }[] = [];

beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  for (const client of clients) client.close();
  await server.stop();
});

const token = (label: string, tags: string[] = []): Promise<CreateTokenResponse> =>
  server.control.call(method.createToken, { label, tags });

function linked(secret: string, session: string): LinkClient {
  const link = new LinkClient(server.running.grpcUrl, secret);
  clients.push(link);
  link.hello({ session, instance: `instance-of-${session}`, tag: session });
  return link;
}

function asking(secret: string): ControlClient {
  const client = controlClient({ url: server.running.grpcUrl, token: secret });
  clients.push(client);
  return client;
}

test("a revoked token's links end at once and are told why; another token's go on", async () => {
  const [mine, other] = [await token("mine"), await token("other")];
  const [one, two, third] = [linked(mine.token, "r1"), linked(mine.token, "r2"), linked(other.token, "r3")];
  for (const link of [one, two, third]) await link.hears("welcome");
  expect(await server.control.call(method.revokeToken, { id: mine.id })).toMatchObject({
    label: "mine",
    links: 2,
  });
  for (const link of [one, two]) {
    expect(await link.hears("refused")).toMatchObject({ code: "revoked", retry: false });
    await until(() => link.ended, "the end of the link");
  }
  const again = linked(mine.token, "r1");
  expect(await again.hears("refused")).toMatchObject({ code: "unauthenticated", retry: false });
  await expect(asking(mine.token).call(method.listTokens, {})).rejects.toMatchObject({
    kind: "unauthenticated",
  });
  expect(third.ended).toBe(false);
});

test("a call that lasts ends with its token", async () => {
  const source = await makeSource(server, { slug: "watched" });
  const event = String((await send(source, "generic", "deploy.finished")).body.id);
  const made = await token("watching");
  const watching = grpcDefinition(ControlService).watchEvent;
  if (watching === undefined) throw new Error("nothing can be watched");
  const client = new Client(new URL(server.running.grpcUrl).host, credentials.createInsecure());
  clients.push(client);
  const metadata = new Metadata();
  metadata.set("authorization", `Bearer ${made.token}`);
  const call = client.makeServerStreamRequest(
    watching.path,
    watching.requestSerialize,
    watching.responseDeserialize,
    { $typeName: "signalbox.v1.WatchEventRequest", id: event },
    metadata,
  );
  let told = 0;
  const failed = new Promise<string>((resolve) => {
    call.on("data", () => told++).on("error", ({ message }) => resolve(message));
  });
  await until(() => told > 0, "the first step");
  await server.control.call(method.revokeToken, { id: made.id });
  expect(await failed).toContain("revoked");
});

test("who rotates keeps its link; the others of the old token come back, with the new one alone", async () => {
  const old = await token("team");
  const [mine, colleague] = [linked(old.token, "t1"), linked(old.token, "t2")];
  for (const link of [mine, colleague]) await link.hears("welcome");
  const made = await asking(old.token).call(method.rotateToken, {
    from: { session: "t1", instance: "instance-of-t1" },
  });
  // Nothing has changed yet: the plugin may die before it has saved the new one.
  expect((await asking(old.token).call(method.listTokens, {})).tokens).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ id: old.id, current: true, links: 2, label: "team" }),
      expect.objectContaining({ id: made.id, replaces: old.id, lastSeenAtMs: 0n, label: "team" }),
    ]),
  );
  await asking(made.token).call(method.getAccount, {});
  await colleague.hears("drain");
  await until(() => colleague.ended, "the end of the colleague's link");
  expect(await linked(old.token, "t2").hears("refused")).toMatchObject({ code: "unauthenticated" });
  await linked(made.token, "t2").hears("welcome");
  expect(mine.ended).toBe(false);
  // It is the new one's now.
  await server.control.call(method.revokeToken, { id: made.id });
  expect(await mine.hears("refused")).toMatchObject({ code: "revoked" });
});

test("one that is bound to tags makes none that reaches further", async () => {
  const bound = asking((await token("bound", ["deploys", "docs"])).token);
  await expect(bound.call(method.createToken, { label: "x", tags: ["oncall"] })).rejects.toMatchObject({
    code: "wrong_tag",
  });
  const made = await bound.call(method.createToken, { label: "same" });
  const { tokens } = await bound.call(method.listTokens, {});
  expect(tokens.find(({ id }) => id === made.id)?.tags).toEqual(["deploys", "docs"]);
});

test("a token in the words of an ack is not stored", async () => {
  const made = await token("talkative");
  const source = await makeSource(server, { slug: "talk", tag: "talk" });
  const link = linked(made.token, "talk");
  await link.hears("welcome");
  await send(source, "generic", "deploy.finished");
  const { of } = await link.hears("deliver");
  link.say({ case: "held", value: { of } });
  link.say({ case: "surfaced", value: { of } });
  link.say({ case: "ack", value: { of, summary: `used ${made.token} and then cbt_0123456789abc.` } });
  await link.hears("acked");
  const { events } = await server.control.call(method.listHistory, { from: "talk" });
  expect(events.map(({ summary }) => summary)).toEqual(["used cbt_… and then cbt_…."]);
});

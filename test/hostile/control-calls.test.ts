/** Every call of the control service with no token, an unknown one, another account's, and with arguments out of all bounds. */
import { join } from "node:path";
import type { DescMethod, DescMethodServerStreaming, DescMethodUnary } from "@bufbuild/protobuf";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { type ControlClient, controlClient } from "../../src/cli/control-client.ts";
import { idFactory } from "../../src/domain/ids.ts";
import type { Store } from "../../src/domain/ports/store.ts";
import { nodeClock } from "../../src/edges/node-clock.ts";
import { nodeRandom } from "../../src/edges/node-random.ts";
import { Tokens } from "../../src/services/tokens.ts";
import { openSqliteStore } from "../../src/store/sqlite/store.ts";
import { LinkClient } from "../world/link-client.ts";
import { makeSource, send, startServer, type TestServer, type TestSource } from "../world/server.ts";

interface Hostile {
  /** A good request about what is this account's; another account must get nothing of it. */
  mine: () => object;
  /** What another account is answered. */
  theirs: (answer: unknown) => void;
  /** Each is refused, or bounded where `bounded` says how. */
  absurd: object[];
  bounded?: (answer: unknown) => void;
}

let server: TestServer;
let source: TestSource;
let store: Store;
let stranger: ControlClient;
let link: LinkClient;
let event = "";
let sourceId = "";
let cronId = "";
let tokenId = "";
let own = "";

const CRON = { schedule: "@daily", prompt: "/catchup" };

const MEGA = "x".repeat(900_000);
const missing = (answer: unknown) => expect(answer).toMatchObject({ kind: "missing" });

const FACE = { session: "s1", instance: "instance-1" };
const REQUEST = { from: FACE, requestId: "request-1", target: "deploys", text: "hello" };

/** A new call without a line here fails the first test. */
const CALLS: { [method: string]: Hostile } = {
  getAccount: {
    mine: () => ({}),
    theirs: (answer) =>
      expect(answer).toMatchObject({ sessions: [], profileId: expect.stringMatching(/^p_b/) }),
    absurd: [],
  },
  updateSource: {
    mine: () => ({ id: sourceId, settings: { skill: "/theirs" }, mask: { paths: ["skill"] } }),
    theirs: missing,
    absurd: [
      {},
      { id: MEGA, mask: { paths: ["skill"] } },
      { id: sourceId, mask: { paths: [MEGA] } },
      { id: sourceId, mask: { paths: Array.from({ length: 10_000 }, () => "skill") } },
      { id: "src_1", settings: { skill: MEGA }, mask: { paths: ["skill"] } },
      { id: "src_1", settings: { routeRules: { "*": { fields: [MEGA] } } }, mask: { paths: ["routes"] } },
    ],
  },
  createSource: {
    mine: () => ({ slug: "theirs", scheme: "none" }),
    // A slug belongs to its account: the neighbour makes his own.
    theirs: (answer) => expect(answer).toMatchObject({ updated: false }),
    absurd: [
      {},
      { slug: MEGA },
      { slug: "../x" },
      { slug: "x", scheme: MEGA },
      { slug: "x", secret: MEGA },
      { slug: "x", skill: MEGA },
      { slug: "x", tag: MEGA },
      { slug: "x", priority: "now" },
      { slug: "x", eventType: { header: MEGA } },
      { slug: "x", routes: { [MEGA]: "y" } },
      { slug: "x", routes: { "*": MEGA } },
      { slug: "x", routes: Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`t${i}`, "y"])) },
    ],
  },
  listSources: {
    mine: () => ({}),
    theirs: (answer) => expect(JSON.stringify(answer, plain)).not.toContain(sourceId),
    absurd: [],
  },
  deleteSource: {
    mine: () => ({ id: sourceId }),
    theirs: (answer) => expect(answer).toMatchObject({ removed: false }),
    absurd: [{ id: MEGA }],
  },
  listEvents: {
    mine: () => ({ states: [], limit: 500 }),
    theirs: (answer) => expect(answer).toMatchObject({ events: [], counts: {} }),
    absurd: [{ states: [MEGA] }, { states: Array.from({ length: 10_000 }, () => "queued") }, { lane: MEGA }],
  },
  getPayload: {
    mine: () => ({ eventId: event }),
    theirs: missing,
    absurd: [
      {},
      { eventId: MEGA },
      { eventId: "evt_nothing" },
      { pointer: MEGA },
      { pointer: "no pointer" },
      { offset: 4_294_967_295 },
    ],
  },
  watchEvent: {
    mine: () => ({ id: event }),
    theirs: missing,
    absurd: [{}, { id: MEGA }, { id: "evt_nothing" }],
  },
  replayEvents: {
    mine: () => ({ eventId: event }),
    theirs: missing,
    absurd: [
      {},
      { eventId: MEGA },
      { eventId: "evt_nothing" },
      { eventId: "evt_nothing", from: "x" },
      { from: MEGA },
      { day: MEGA },
      { day: "2026-02-30" },
    ],
  },
  listHistory: {
    mine: () => ({ states: ["acked", "dead", "dropped"], limit: 100 }),
    theirs: (answer) => expect(answer).toMatchObject({ events: [], nextCursor: "" }),
    absurd: [
      { states: [MEGA] },
      { states: ["queued"] },
      { states: Array.from({ length: 10_000 }, () => "dead") },
      { from: MEGA },
      { lane: MEGA },
      { cursor: MEGA },
      { cursor: "no cursor" },
      { cursor: "1'; --.2" },
    ],
  },
  createCron: {
    mine: () => ({ schedule: "@daily", prompt: "/catchup" }),
    // He makes his own.
    theirs: (answer) => expect(answer).toMatchObject({ cron: { id: expect.not.stringContaining(cronId) } }),
    absurd: [
      {},
      { schedule: "@daily" },
      { schedule: "@daily", prompt: MEGA },
      { schedule: MEGA, prompt: "x" },
      { schedule: "* * * * * *", prompt: "x" },
      { schedule: "0 0 31 2 *", prompt: "x" },
      { ...CRON, timezone: MEGA },
      { ...CRON, timezone: "../../etc/localtime" },
      { ...CRON, label: MEGA },
      { ...CRON, label: "<b>" },
      { ...CRON, tag: MEGA },
      { ...CRON, priority: "now" },
      { ...CRON, misfire: MEGA },
      { ...CRON, overlap: MEGA },
      { ...CRON, maxLatenessMinutes: 4_294_967_295 },
      { ...CRON, remindSeconds: 4_294_967_295 },
      { ...CRON, timeoutSeconds: 4_294_967_295 },
    ],
  },
  listCrons: {
    mine: () => ({}),
    theirs: (answer) => expect(JSON.stringify(answer, plain)).not.toContain(cronId),
    absurd: [{ after: MEGA }],
  },
  updateCron: {
    mine: () => ({ id: cronId, prompt: "/other" }),
    theirs: missing,
    absurd: [
      {},
      { id: MEGA },
      { id: cronId, schedule: "" },
      { id: cronId, schedule: MEGA },
      { id: cronId, prompt: "" },
      { id: cronId, timezone: "" },
      { id: cronId, tag: "no tag!" },
      { id: cronId, maxLatenessMinutes: 4_294_967_295 },
      { id: cronId, timeoutSeconds: 4_294_967_295 },
      { id: cronId, prompt: "x", cause: MEGA },
      { id: cronId, prompt: "x", from: { session: MEGA, instance: MEGA } },
    ],
  },
  runCron: {
    mine: () => ({ id: cronId }),
    theirs: missing,
    absurd: [{}, { id: MEGA }, { id: "cron_nothing" }],
  },
  deleteCron: {
    mine: () => ({ id: cronId }),
    theirs: (answer) => expect(answer).toMatchObject({ removed: false }),
    absurd: [{ id: MEGA }],
  },
  createToken: {
    mine: () => ({ label: "more" }),
    // He makes one of his own account.
    theirs: (answer) => expect(answer).toMatchObject({ token: expect.stringMatching(/^cbt_/) }),
    absurd: [
      { label: "x", tags: [MEGA] },
      { label: "x", tags: ["no tag!"] },
      { label: "x", tags: Array.from({ length: 10_000 }, (_, i) => `t${i}`) },
      { label: MEGA },
    ],
  },
  listTokens: {
    mine: () => ({}),
    theirs: (answer) => expect(JSON.stringify(answer, plain)).not.toContain(tokenId),
    absurd: [],
  },
  rotateToken: {
    mine: () => ({ label: "again", from: FACE }),
    // His own; the link of that session is none of his.
    theirs: (answer) => expect(answer).toMatchObject({ token: expect.stringMatching(/^cbt_/) }),
    absurd: [{ label: MEGA }, { from: { session: MEGA, instance: MEGA } }],
  },
  revokeToken: {
    mine: () => ({ id: tokenId }),
    theirs: missing,
    absurd: [{}, { id: MEGA }, { id: "tok_nothing" }],
  },
  rotateKeys: {
    mine: () => ({}),
    theirs: (answer) => expect(answer).toMatchObject({ kind: "forbidden", code: "not_admin" }),
    absurd: [{ key: MEGA }],
  },
  listAccounts: {
    mine: () => ({}),
    theirs: (answer) => expect(answer).toMatchObject({ kind: "forbidden", code: "not_admin" }),
    absurd: [],
  },
  signOutAccount: {
    mine: () => ({ id: own }),
    theirs: (answer) => expect(answer).toMatchObject({ kind: "forbidden", code: "not_admin" }),
    absurd: [{}, { id: MEGA }, { id: "acc_nothing" }],
  },
  checkSignIn: {
    mine: () => ({}),
    theirs: (answer) => expect(answer).toMatchObject({ kind: "forbidden", code: "not_admin" }),
    absurd: [],
  },
  sendMessage: {
    mine: () => REQUEST,
    // The session is there, and is none of his account.
    theirs: (answer) => expect(answer).toMatchObject({ kind: "missing", code: "not_connected" }),
    absurd: [
      {},
      { ...REQUEST, from: { session: MEGA, instance: MEGA } },
      { ...REQUEST, from: { ...FACE, instance: "instance-2" } },
      { ...REQUEST, requestId: "" },
      { ...REQUEST, requestId: MEGA },
      { ...REQUEST, target: MEGA },
      { ...REQUEST, target: "no tag!" },
      { ...REQUEST, target: Array.from({ length: 100 }, (_, i) => `t${i}`).join() },
      { ...REQUEST, text: MEGA },
      { ...REQUEST, text: "" },
      { ...REQUEST, priority: MEGA },
      { ...REQUEST, replyTo: MEGA },
      { ...REQUEST, replyTo: "evt_nothing" },
      { ...REQUEST, cause: MEGA },
    ],
  },
  listSessions: {
    mine: () => ({ from: FACE }),
    theirs: (answer) => expect(answer).toMatchObject({ sessions: [], lanes: [] }),
    absurd: [{ from: { session: MEGA, instance: MEGA } }],
  },
  updateLane: {
    mine: () => ({ lane: "tag:deploys", paused: true }),
    // He pauses his own lane of that name.
    theirs: (answer) => expect(answer).toMatchObject({ lane: { lane: "tag:deploys", paused: true } }),
    absurd: [
      {},
      { lane: MEGA },
      { lane: "deploys" },
      { lane: "tag:no tag!" },
      { lane: "tag:deploys", paused: true, reason: MEGA },
      { lane: "tag:deploys", policy: "lifo" },
      { lane: "tag:deploys", policy: MEGA },
    ],
  },
  listLanes: {
    mine: () => ({}),
    theirs: (answer) => expect(JSON.stringify(answer, plain)).not.toContain("tag:bounded"),
    absurd: [],
  },
};

const plain = (_: string, value: unknown) => (typeof value === "bigint" ? String(value) : value);
const methods: DescMethod[] = ControlService.methods;

/** The answer, the first of a stream's, or the error. */
async function ask(client: ControlClient, method: DescMethod, request: object): Promise<unknown> {
  const leave = new AbortController();
  try {
    if (method.methodKind === "unary") return await client.call(method as DescMethodUnary, { ...request });
    for await (const answer of client.watch(
      method as DescMethodServerStreaming,
      { ...request },
      leave.signal,
    ))
      return answer;
    return null;
  } catch (error) {
    return error;
  } finally {
    leave.abort();
  }
}

beforeAll(async () => {
  server = await startServer({
    // Each call is tried with bad tokens, all from one address.
    env: { SIGNALBOX_FAILED_TOKENS_PER_MINUTE: "1000000" },
    openStore: async (dataDir) => {
      store = await openSqliteStore({ path: join(dataDir, "signalbox.db") });
      return store;
    },
  });
  source = await makeSource(server, { slug: "mine" });
  event = String((await send(source, "generic", "deploy.finished")).body.id);
  sourceId = (await server.control.call(ControlService.method.listSources, {})).sources[0]?.id ?? "";
  cronId = (await server.control.call(ControlService.method.createCron, CRON)).cron?.id ?? "";
  await server.control.call(ControlService.method.updateLane, { lane: "tag:bounded", maxDepth: 5 });
  own = (await store.accounts())[0]?.id ?? "";
  tokenId = (await server.control.call(ControlService.method.createToken, { label: "mine" })).id;
  link = new LinkClient(server.running.grpcUrl, server.token);
  link.hello({ ...FACE, tag: "oncall" });
  await link.hears("welcome");
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
  stranger = controlClient({ url: server.running.grpcUrl, token: secret });
});
afterAll(async () => {
  stranger.close();
  link.close();
  await server.stop();
});

test("every call of the service is treated badly here", () => {
  expect(Object.keys(CALLS).sort()).toEqual(methods.map(({ localName }) => localName).sort());
});

describe.each(methods.map((method) => [method.localName, method] as const))("%s", (name, method) => {
  const hostile = CALLS[name];
  if (hostile === undefined) throw new Error(`${name} is not treated badly`);

  test("answers nobody without a token that is known here", async () => {
    for (const token of ["", "cbt_unknown", "x".repeat(5_000)]) {
      const client = controlClient({ url: server.running.grpcUrl, token });
      expect(await ask(client, method, hostile.mine())).toMatchObject({ kind: "unauthenticated" });
      client.close();
    }
  });

  test("tells and does nothing of another account's", async () => {
    const before = await store.counts(own, 10);
    const answer = await ask(stranger, method, hostile.mine());
    hostile.theirs(answer);
    const list = await server.control.call(ControlService.method.listSources, {});
    expect(list.sources.map(({ id }) => id)).toContain(sourceId);
    expect(await store.counts(own, 10)).toEqual(before);
    const { tokens } = await server.control.call(ControlService.method.listTokens, {});
    expect(tokens.map(({ id }) => id)).toContain(tokenId);
    expect(link.ended).toBe(false);
  });

  test("refuses what is out of all bounds, without quoting it back", async () => {
    for (const request of hostile.absurd) {
      const meant =
        name === "getPayload" && !("eventId" in request) ? { eventId: event, ...request } : request;
      const answer = await ask(server.control, method, meant);
      const about = JSON.stringify(request).slice(0, 60);
      if (name === "getPayload" && Object.keys(request).length === 0) continue;
      expect(answer, about).toBeInstanceOf(Error);
      expect(answer, about).toMatchObject({ kind: expect.stringMatching(/^(invalid|missing|too_large)$/) });
      expect(String(answer).length, about).toBeLessThan(1_000);
    }
    // It goes on.
    expect(await ask(server.control, ControlService.method.getAccount, {})).not.toBeInstanceOf(Error);
  });
});

test("a request larger than a megabyte is refused as such", async () => {
  const answer = await ask(server.control, ControlService.method.createToken, {
    label: "x".repeat(1_100_000),
  });
  // grpc-js may reset the stream before its own status has left.
  expect(answer).toMatchObject({ kind: expect.stringMatching(/^(too_large|unavailable)$/) });
  expect(await ask(server.control, ControlService.method.getAccount, {})).not.toBeInstanceOf(Error);
});

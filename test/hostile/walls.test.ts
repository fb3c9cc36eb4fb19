/**
 * Promise 9: a session of another account tries every tool and every request of Clawback's wire, and a stranger every address, with what is
 * this account's. The calls
 * of the control service are treated so in `control-calls.test.ts`.
 */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Box } from "../../plugin/src/core/box.ts";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { REQUEST_TYPES } from "../../src/clawback/frames.ts";
import { idFactory } from "../../src/domain/ids.ts";
import type { Store } from "../../src/domain/ports/store.ts";
import { nodeClock } from "../../src/edges/node-clock.ts";
import { nodeRandom } from "../../src/edges/node-random.ts";
import { Tokens } from "../../src/services/tokens.ts";
import { openSqliteStore } from "../../src/store/sqlite/store.ts";
import { ClawbackClient } from "../clawback/client.ts";
import { callTool, realSession } from "../plugin/real-session.ts";
import { LinkClient } from "../world/link-client.ts";
import { makeSource, post, send, startServer, type TestServer, type TestSource } from "../world/server.ts";

const { method } = ControlService;

let server: TestServer;
let store: Store;
let source: TestSource;
let stranger: Box;
let strangersToken: string;
let link: LinkClient;
/** What the owner has, by kind. */
const mine = { source: "", cron: "", waiting: "", held: "", token: "", profile: "" };

/** What each tool is told of what is another's. A new tool without a line here fails the first test. */
const TOOLS: { [tool: string]: () => object[] } = {
  event_take: () => [{ wait_seconds: 1 }],
  event_ack: () => [
    { event_id: mine.held, summary: "done" },
    { event_id: mine.waiting, summary: "done" },
  ],
  event_extend: () => [{ event_id: mine.held, minutes: 30 }],
  event_payload: () => [{ event_id: mine.held }, { event_id: mine.waiting, pointer: "" }],
  event_history: () => [{}, { session: "deploys" }, { source: "owners" }],
  event_replay: () => [{ event_id: mine.waiting }, { source: "owners" }],
  account_info: () => [{}],
  configure: () => [{}],
  source_create: () => [{ slug: "owners", skill: "/theirs" }],
  source_update: () => [{ id: mine.source, skill: "/theirs" }],
  source_list: () => [{}],
  source_delete: () => [{ id: mine.source }],
  cron_create: () => [{ schedule: "@daily", prompt: "/theirs", label: "owners" }],
  cron_list: () => [{}],
  cron_update: () => [{ id: mine.cron, prompt: "/theirs" }],
  cron_delete: () => [{ id: mine.cron }],
  cron_run: () => [{ id: mine.cron }],
  lane_pause: () => [{ session: "deploys", reason: "theirs" }],
  lane_resume: () => [{ session: "deploys" }],
  lane_update: () => [{ session: "deploys", max_depth: 1 }],
  lane_list: () => [{}],
  session_send: () => [
    { target: "deploys", message: "theirs" },
    { target: "*", message: "theirs" },
  ],
  session_list: () => [{}],
  token_create: () => [{ label: "theirs" }],
  token_list: () => [{}],
  token_rotate: () => [{ label: "theirs" }],
  token_revoke: () => [{ id: mine.token }],
  hook: () => [{ event: "Stop" }],
};

/** The same of each request of Clawback's wire. */
const REQUESTS: { [type: string]: () => object[] } = {
  cron_create: () => [{ schedule: "@daily", prompt: "/theirs", label: "owners", sessionTag: "deploys" }],
  cron_delete: () => [{ cronId: mine.cron }],
  cron_list: () => [{}],
  source_create: () => [{ slug: "owners", verifierType: "none", sessionTag: "deploys" }],
  source_delete: () => [{ sourceId: mine.source }],
  source_list: () => [{}],
  event_history: () => [{ limit: 100 }],
  account_info: () => [{}],
  token_rotate: () => [{ label: "theirs" }],
  token_create: () => [{ label: "theirs" }],
  token_list: () => [{}],
  session_send: () => [
    { targets: ["deploys"], content: "theirs" },
    { targets: ["*"], content: "theirs" },
  ],
  session_list: () => [{}],
};

/** An answer may say back what it was asked with; whatever else is the owner's may not be known. */
function tellsNothing(told: string, given: string): void {
  const secrets = [
    ...Object.values(mine),
    source.secret,
    source.url,
    "owners-cron",
    "owners-token",
    "owners-project",
  ];
  for (const secret of secrets) {
    if (!given.includes(secret)) expect(told, given).not.toContain(secret);
  }
}

/** All that the owner is told of his account, but for what time alone changes. */
async function owned(): Promise<string> {
  const { control } = server;
  const all = [
    await control.call(method.listSources, {}),
    await control.call(method.listCrons, {}),
    await control.call(method.listLanes, {}),
    await control.call(method.listEvents, {}),
    await control.call(method.listHistory, { states: ["acked", "dead", "dropped", "cancelled"] }),
    (await control.call(method.listTokens, {})).tokens.map(({ id, label, links }) => ({ id, label, links })),
  ];
  return JSON.stringify(all, (_, value) => (typeof value === "bigint" ? String(value) : value), 1);
}

beforeAll(async () => {
  server = await startServer({
    openStore: async (dataDir) => {
      store = await openSqliteStore({ path: join(dataDir, "signalbox.db") });
      return store;
    },
  });
  const { control } = server;
  source = await makeSource(server, { slug: "owners", tag: "deploys" });
  mine.source = (await control.call(method.listSources, {})).sources[0]?.id ?? "";
  mine.profile = server.running.accountProfileId;
  mine.cron =
    (await control.call(method.createCron, { schedule: "@daily", prompt: "/owners", label: "owners-cron" }))
      .cron?.id ?? "";
  const made = await control.call(method.createToken, { label: "owners-token" });
  mine.token = made.id;
  link = new LinkClient(server.running.grpcUrl, made.token);
  link.hello({ session: "s1", instance: "instance-1", tag: "deploys", project: "owners-project" });
  await link.hears("welcome");
  for (const name of ["held", "waiting"] as const) {
    mine[name] = String((await send(source, "generic", "deploy.finished")).body.id);
  }
  const { of } = await link.hears("deliver");
  link.say({ case: "held", value: { of } });
  link.say({ case: "surfaced", value: { of } });

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
  strangersToken = (await tokens.issue(account, "theirs, for Clawback", "session", [])).secret;
  const path = join(mkdtempSync(join(tmpdir(), "neighbour-")), "config.json");
  const configuration = { remote: server.running.grpcUrl, connectionToken: secret, session: "deploys" };
  writeFileSync(path, JSON.stringify(configuration), { mode: 0o600 });
  // The name of the owner's own session.
  stranger = await realSession("s1", path);
});
afterAll(async () => {
  stranger.close();
  link.close();
  await server.stop();
});

test("every tool is tried here", () => {
  expect(Object.keys(TOOLS).sort()).toEqual(stranger.tools.map(({ name }) => name).sort());
});

test("no tool tells or changes anything of another account's", async () => {
  const before = await owned();
  for (const [tool, tries] of Object.entries(TOOLS)) {
    for (const args of tries()) {
      const told = await callTool(stranger, tool, args);
      const given = `${tool} ${JSON.stringify(args)}`;
      tellsNothing(told, given);
      expect(await owned(), given).toBe(before);
    }
  }
  expect(link.ended).toBe(false);
});

test("no request of Clawback's wire tells or changes anything of another account's", async () => {
  expect(Object.keys(REQUESTS).sort()).toEqual([...REQUEST_TYPES].sort());
  const before = await owned();
  // The lane is called as the owner's is, and so is the session that comes out of a token and a tag.
  const plugin = await new ClawbackClient(server.running.httpUrl, strangersToken, "deploys").connect();
  for (const [type, tries] of Object.entries(REQUESTS)) {
    for (const fields of tries()) {
      const told = await plugin.request(type, fields);
      const given = `${type} ${JSON.stringify(fields)}`;
      tellsNothing(JSON.stringify(told), given);
      expect(await owned(), given).toBe(before);
    }
  }
  // Acks of what others have in hand, and of what waits for them.
  for (const event of [mine.held, mine.waiting]) {
    for (const delivery of [1, 2]) plugin.sendAck(`${event}.${delivery}`);
  }
  await plugin.request("account_info");
  expect(await owned()).toBe(before);
  await plugin.leaves();
});

/** What each address is asked by somebody who has another account's names. */
const ADDRESSES: { [route: string]: (url: string) => Promise<void> } = {
  "/webhook": async (url) => {
    // The owner's slug with the neighbour's profile, and his secret.
    const theirs = source.url.replace(mine.profile, `p_${"c".repeat(24)}`);
    expect((await send({ ...source, url: theirs }, "generic", "deploy.finished")).status).toBe(404);
    expect((await post(`${url}/webhook/${mine.profile}/other`, "{}")).status).toBe(404);
  },
  // Without a token; with the neighbour's it is a client like his own sessions.
  "/ws": async (url) => expect((await fetch(`${url}/ws`)).status).toBe(426),
  "/auth/cli": async (url) => {
    // The server's own user, who is here, may; a form of nobody's may not.
    expect((await fetch(`${url}/auth/cli`)).status).toBe(200);
    expect((await post(`${url}/auth/cli`, `form=${mine.profile}`)).status).toBe(403);
  },
  "/auth/cli/callback": async (url) => {
    const answered = await fetch(`${url}/auth/cli/callback?code=${mine.token}&state=${mine.profile}`);
    expect(answered.status).toBe(403);
    expect(await answered.text()).not.toContain(mine.profile);
  },
  "/auth/cli/exchange": async (url) => {
    for (const code of [mine.token, mine.profile, `once_${"a".repeat(24)}`]) {
      const { status, body } = await post(`${url}/auth/cli/exchange`, `code=${code}`);
      expect([status, body.code]).toEqual([401, "sign_in_failed"]);
    }
  },
  "/healthz": async (url) => expect(await (await fetch(`${url}/healthz`)).text()).toBe('{"ok":true}'),
  "/readyz": async (url) => expect(await (await fetch(`${url}/readyz`)).text()).toBe('{"ok":true}'),
};

test("every address is tried here, and tells nothing of an account", async () => {
  const folder = join(import.meta.dirname, "../../src/ingress");
  const texts = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => readFileSync(join(folder, name), "utf8"));
  const routes = texts.flatMap((text) =>
    [...text.matchAll(/\.(?:get|post|put|delete|all)\(\s*"(\/[^"]*)"/g)].map(([, route]) => route),
  );
  expect(Object.keys(ADDRESSES).sort()).toEqual([...new Set(["/webhook", ...routes])].sort());
  const before = await owned();
  for (const ask of Object.values(ADDRESSES)) await ask(server.running.httpUrl);
  expect(await owned()).toBe(before);
});

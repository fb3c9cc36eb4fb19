/** Every request of Clawback's wire, and the shape of its answer, as its documentation has them. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { REQUEST_TYPES } from "../../src/clawback/frames.ts";
import { startServer, type TestServer } from "../world/server.ts";
import { until } from "../world/until.ts";
import { ClawbackClient } from "./client.ts";

let server: TestServer;
let plugin: ClawbackClient;
let untagged: ClawbackClient;
const asked = new Set<string>();

beforeAll(async () => {
  server = await startServer();
  const { token } = await server.control.call(ControlService.method.createToken, { label: "claw" });
  plugin = await new ClawbackClient(server.running.httpUrl, token, "deploys").connect();
  untagged = await new ClawbackClient(server.running.httpUrl, token).connect();
});
afterAll(async () => {
  await plugin.leaves();
  await untagged.leaves();
  await server.stop();
});

async function ask(type: string, fields: object = {}, by = plugin) {
  asked.add(type);
  return by.request(type, fields);
}
const data = async (type: string, fields: object = {}, by = plugin) => {
  const answer = await ask(type, fields, by);
  expect(answer.error).toBeUndefined();
  return answer.data;
};
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

test("crons: created for the session's tag, listed, deleted", async () => {
  const made = await data("cron_create", { schedule: "0 9 * * *", prompt: "/catchup", label: "morning" });
  const id = expect.stringMatching(/^cron_/);
  const cron = { id, schedule: "0 9 * * *", prompt: "/catchup", label: "morning", sessionTag: "deploys" };
  expect(made).toEqual(cron);
  const plain = await data("cron_create", { schedule: "*/5 * * * *", prompt: "look" }, untagged);
  expect(plain).toEqual({ id, schedule: "*/5 * * * *", prompt: "look" });
  expect(await data("cron_list")).toEqual([made, plain]);
  const cronId = (made as { id: string }).id;
  expect(await data("cron_delete", { cronId })).toEqual({ removed: true });
  expect(await data("cron_delete", { cronId })).toEqual({ removed: false });
  expect((await ask("cron_create", { schedule: "61 * * * *", prompt: "x" })).error).toMatch(/schedule/);
});

test("sources: created for the session's tag, listed, deleted; a secret must be given, because it could not be told", async () => {
  const eventType = { header: "X-GitHub-Event", action: "action" };
  const routes = { "pull_request.opened": "/review", "*": "/look" };
  const fields = {
    slug: "gh",
    verifierType: "github",
    secret: "s3cret",
    routes,
    eventType,
    priority: "priority",
  };
  const made = await data("source_create", fields);
  const id = expect.stringMatching(/^src_/);
  expect(made).toEqual({ id, slug: "gh", type: "github", routes, eventType, sessionTag: "deploys" });
  const open = await data("source_create", {
    slug: "open",
    verifierType: "none",
    skill: "/x",
    sessionTag: "oncall",
  });
  expect(open).toEqual({ id, slug: "open", type: "none", skill: "/x", sessionTag: "oncall" });
  expect(await data("source_list")).toEqual([made, open]);
  const { error } = await ask("source_create", { slug: "bare" });
  expect(error).toMatch(/needs a secret/);
  expect((await ask("source_create", { slug: "gh2", verifierType: "githop" })).error).toMatch(
    /github, stripe/,
  );
  const sourceId = (open as { id: string }).id;
  expect(await data("source_delete", { sourceId })).toEqual({ removed: true });
  expect(await data("source_list")).toEqual([made]);
});

test("the account, with a base to which a slash and the slug are put", async () => {
  const info = await data("account_info");
  const profileId = server.running.accountProfileId;
  const webhookBaseUrl = `${server.running.httpUrl}/webhook/${profileId}`;
  expect(info).toEqual({
    profileId,
    webhookId: profileId,
    webhookBaseUrl,
    connectedClients: 2,
    sessionTag: "deploys",
  });
  expect(await data("account_info", {}, untagged)).not.toHaveProperty("sessionTag");
});

test("sessions see each other, send each other messages, and what came of them is history", async () => {
  const both = [
    { sessionTag: "deploys", current: true },
    { sessionTag: null, current: false },
  ];
  expect(await data("session_list")).toEqual(expect.arrayContaining(both));
  expect(await data("session_send", { targets: ["untagged", "oncall"], content: "hello" })).toEqual({
    sent: 1,
    queued: 1,
  });
  const message = await untagged.shows(1);
  expect(message.content).toContain("hello");
  untagged.ack("read it");
  const isTold = async () => {
    const entries = (await data("event_history", { limit: 5 })) as unknown[];
    return entries.length > 0 ? entries : null;
  };
  expect(await until(isTold, "the entry")).toEqual([
    {
      source: "message",
      path: "",
      skill: "",
      summary: "read it",
      completedAt: time,
      durationMs: expect.any(Number),
      timedOut: false,
    },
  ]);
  expect((await ask("session_send", { targets: [], content: "to whom?" })).error).toMatch(/target/);
});

test("what a session asks for while it has an event in hand remembers that event", async () => {
  const url = `${server.running.httpUrl}/webhook/${server.running.accountProfileId}/asks`;
  await data("source_create", { slug: "asks", verifierType: "none" });
  const { id } = (await (await fetch(url, { method: "POST", body: "{}" })).json()) as { id: string };
  await plugin.shows(1);
  await data("source_create", { slug: "asked-for", verifierType: "none" });
  await data("cron_create", { schedule: "@yearly", prompt: "/asked-for", label: "asked-for" });
  const { sources } = await server.control.call(ControlService.method.listSources, {});
  expect(sources.find(({ slug }) => slug === "asked-for")?.cause).toMatchObject({ event: id, from: "asks" });
  expect(sources.find(({ slug }) => slug === "asks")?.cause).toBeUndefined();
  const { crons } = await server.control.call(ControlService.method.listCrons, {});
  expect(crons.find(({ label }) => label === "asked-for")?.cause).toMatchObject({ event: id, from: "asks" });
  plugin.ack();
});

test("tokens: created, listed, rotated; the new one goes on where the old one was", async () => {
  const made = await data("token_create", { label: "laptop" });
  const secret = expect.stringMatching(/^cbt_/);
  const id = expect.stringMatching(/^tok_/);
  expect(made).toEqual({ token: secret, id, label: "laptop" });
  const listed = (await data("token_list")) as { label: string; current: boolean }[];
  expect(listed.find(({ label }) => label === "laptop")).toEqual({
    id: (made as { id: string }).id,
    label: "laptop",
    lastSeen: null,
    createdAt: time,
    current: false,
  });
  expect(listed.filter(({ current }) => current).map(({ label }) => label)).toEqual(["claw"]);
  const rotated = (await data("token_rotate", {}, untagged)) as { token: string };
  expect(rotated).toEqual({ token: secret, id });
  // It is the same session that comes back with it.
  const { sessions: before } = await server.control.call(ControlService.method.getAccount, {});
  await untagged.breaks();
  await untagged.open({ token: rotated.token });
  await until(() => untagged.heard.filter(({ type }) => type === "auth_ok").length === 2, "auth_ok");
  const { sessions: after } = await server.control.call(ControlService.method.getAccount, {});
  expect(after.map(({ session }) => session).sort()).toEqual(before.map(({ session }) => session).sort());
  expect((await plugin.isClosed()).code).toBe(1012);
  await plugin.open({ token: rotated.token });
});

describe("what is no request", () => {
  test("is answered with what there is, and with the field that is wrong", async () => {
    expect((await untagged.request("cron_crate")).error).toMatch(/cron_create/);
    expect((await untagged.request("cron_create", { prompt: 7 })).error).toMatch(/^(schedule|prompt):/);
    const answers = Array.from({ length: 40 }, () => untagged.request("source_list"));
    for (const answer of await Promise.all(answers)) expect(answer).toHaveProperty("data");
    expect(untagged.isOpen).toBe(true);
  });
});

test("this file has asked every request that there is", () => {
  expect([...asked].sort()).toEqual([...REQUEST_TYPES].sort());
  expect(REQUEST_TYPES).toHaveLength(13);
});

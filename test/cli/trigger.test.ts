import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { expect, onTestFinished, test } from "vitest";
import {
  EventInfoSchema,
  SessionInfoSchema,
  WatchEventResponseSchema,
} from "../../proto/gen/signalbox/v1/control_pb.ts";
import { proves } from "../../src/domain/schemes/ed25519.ts";
import { hmacHex } from "../../src/domain/schemes/hmac.ts";
import { SCHEMES } from "../../src/domain/source.ts";
import { home } from "./command-line.ts";
import { controlServer } from "./control-server.ts";

interface Request {
  url: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

interface Answer {
  status: number;
  body: object | null;
  headers?: Record<string, string>;
}

/** Takes webhooks on loopback, and answers each as told. */
async function receiver({ status, body, headers }: Answer) {
  const requests: Request[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    requests.push({ url: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks) });
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(body === null ? undefined : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  // An address, because it listens on a port.
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

const queued = { status: 202, body: { ok: true, id: "evt_1", status: "queued" } };
const sample = ["trigger", "github", "pull_request.opened"] as const;

const step = (state: string, more: object = {}) =>
  create(WatchEventResponseSchema, {
    event: create(EventInfoSchema, { id: "evt_1", state, lane: "tag:", session: "s1", delivery: 1, ...more }),
    value: state,
    atMs: 1n,
  });

async function world(answer: Answer = queued) {
  const server = await controlServer();
  const http = await receiver(answer);
  const at = await home({ grpcUrl: server.url, httpUrl: http.url });
  server.steps = [
    step("queued"),
    step("dispatching"),
    step("delivered"),
    step("delivered"),
    step("acked", { outcome: "done", summary: "reviewed" }),
  ];
  return { server, http, at };
}

test("a signed webhook is posted to its source, and each step is a line until the ack", async () => {
  const { server, http, at } = await world();
  server.sessions = [create(SessionInfoSchema, { session: "s1", lane: "tag:", state: "online" })];
  const said = await at.run(...sample);
  expect(said).toMatchObject({ code: 0, err: "" });
  const [request] = http.requests;
  const secret = server.createdSources[0]?.secret ?? "";
  expect(request?.url).toBe("/webhook/p_test/trigger-github");
  expect(request?.headers["x-hub-signature-256"]).toBe(
    `sha256=${hmacHex(secret, request?.body ?? Buffer.of())}`,
  );
  const words = said.out
    .trim()
    .split("\n")
    .map((line) => line.split(/ +/)[1]);
  expect(words).toEqual(["stored", "queued", "dispatching", "delivered", "acked"]);
  expect(said.out).toContain("reviewed");
  expect(said.out).not.toContain(secret);
});

test("of a scheme with two keys the server is given the public one, and the private one signs", async () => {
  const { server, http, at } = await world();
  expect((await at.run("trigger", "discord", "APPLICATION_AUTHORIZED")).code).toBe(0);
  const [request] = http.requests;
  const { headers = {}, body = Buffer.of() } = request ?? {};
  const message = Buffer.concat([Buffer.from(String(headers["x-signature-timestamp"])), body]);
  const key = server.createdSources[0]?.secret ?? "";
  expect(proves(String(headers["x-signature-ed25519"]), message, key)).toBe(true);
  expect(await readFile(join(at.dataDir, "trigger.json"), "utf8")).not.toContain(key);
});

test("where the answer is of the provider's form, its headers tell what became of the webhook", async () => {
  const told = { "signalbox-event": "evt_1", "signalbox-status": "queued" };
  const { at } = await world({ status: 204, body: null, headers: told });
  const said = await at.run("trigger", "discord", "APPLICATION_AUTHORIZED");
  expect(said).toMatchObject({ code: 0, out: expect.stringContaining("stored       as evt_1 (discord") });
});

test("the source and its secret are used again; the secret's file is its owner's alone", async () => {
  const { server, at } = await world();
  await at.run(...sample);
  await at.run(...sample);
  expect(server.createdSources).toHaveLength(1);
  expect((await stat(join(at.dataDir, "trigger.json"))).mode & 0o777).toBe(0o600);
});

test("a file of secrets that can't be understood is kept beside the one that takes its place", async () => {
  const { at } = await world();
  const path = join(at.dataDir, "trigger.json");
  await writeFile(path, '{"trigger-stripe": {"secret": "kept');
  expect((await at.run(...sample)).code).toBe(0);
  expect(await readFile(`${path}.broken`, "utf8")).toBe('{"trigger-stripe": {"secret": "kept');
  expect((await stat(`${path}.broken`)).mode & 0o777).toBe(0o600);
  expect(JSON.parse(await readFile(path, "utf8"))).toHaveProperty("trigger-github");
});

test("a lost secret is replaced by the same slug again", async () => {
  const { server, http, at } = await world();
  await at.run(...sample);
  await rm(join(at.dataDir, "trigger.json"));
  expect((await at.run(...sample)).code).toBe(0);
  const [first, second] = server.createdSources;
  expect(second?.slug).toBe(first?.slug);
  expect(second?.secret).not.toBe(first?.secret);
  const last = http.requests.at(-1);
  const signature = `sha256=${hmacHex(second?.secret ?? "", last?.body ?? Buffer.of())}`;
  expect(last?.headers["x-hub-signature-256"]).toBe(signature);
});

test("--session moves the source to that lane, with the secret that it has", async () => {
  const { server, at } = await world();
  await at.run(...sample);
  const before = await readFile(join(at.dataDir, "trigger.json"), "utf8");
  await at.run(...sample, "--session", "deploys");
  expect(server.createdSources[1]).toMatchObject({ tag: "deploys", secret: "" });
  expect(await readFile(join(at.dataDir, "trigger.json"), "utf8")).toBe(before);
  await at.run(...sample, "--session", "");
  expect(server.createdSources[2]).toMatchObject({ tag: "", secret: "" });
});

test("an event that nobody takes: exit code 2, and what to do", async () => {
  const { server, at } = await world();
  server.steps = [step("queued")];
  const said = await at.run(...sample, "--wait", "0");
  expect(said).toMatchObject({ code: 2, err: expect.stringContaining("Start `claude`") });
});

test("where no session can take it, that is told before anything is waited for", async () => {
  const { at } = await world();
  const said = await at.run(...sample);
  expect(said).toMatchObject({
    code: 0,
    err: "No session serves lane (untagged). Start `claude` in another terminal; the event waits for it.\n",
  });
});

test("an event of a lane that nobody serves: which lanes are served is told", async () => {
  const { server, at } = await world();
  server.steps = [step("queued")];
  server.sessions = [create(SessionInfoSchema, { session: "s1", lane: "tag:deploys", state: "online" })];
  const said = await at.run(...sample, "--wait", "0");
  expect(said).toMatchObject({ code: 2, err: expect.stringContaining("Sessions are there for: deploys.") });
});

test("a deaf session: exit code 2, and its cure", async () => {
  const { server, at } = await world();
  server.steps = [step("returned", { reason: "unseen" })];
  const deaf = { session: "s1", lane: "tag:", state: "deaf", cure: "type something there" };
  server.sessions = [create(SessionInfoSchema, deaf)];
  const said = await at.run(...sample, "--wait", "1");
  expect(said).toMatchObject({ code: 2, err: expect.stringContaining("type something there") });
});

test("what nobody reads any more is not followed", async () => {
  const { server, at } = await world();
  server.steps = [step("queued")];
  server.sessions = [create(SessionInfoSchema, { session: "s1", lane: "tag:", state: "online" })];
  at.unprinted = Object.assign(new Error("write failed"), { code: "EPIPE" });
  expect(await at.run(...sample, "--wait", "3600")).toMatchObject({ code: 0, err: "" });
});

test("an event that died: exit code 1", async () => {
  const { server, at } = await world();
  server.steps = [step("dead", { reason: "failed" })];
  expect(await at.run(...sample)).toMatchObject({ code: 1, err: expect.stringContaining("dead") });
});

test("a refused webhook: exit code 1, and the server's own words", async () => {
  const refused = { ok: false, code: "bad_signature", error: "the secret differs. Give it again." };
  const { at } = await world({ status: 401, body: refused });
  expect(await at.run(...sample)).toMatchObject({
    code: 1,
    err: expect.stringContaining("the secret differs. Give it again. `npm run doctor`"),
  });
});

test.each([
  [["trigger"], "pull_request.opened"],
  [["trigger", "githubb", "x"], "stripe"],
  [["trigger", "github", "nonsense"], "pull_request.opened"],
  [["trigger", "github", "push", "5"], "options come after `--`"],
  [["trigger", "github", "push", "--session", "No Tag!"], "is not a tag"],
])("%j: exit code 1, and what is known", async (args, known) => {
  const at = await home();
  expect(await at.run(...args)).toMatchObject({ code: 1, err: expect.stringContaining(known) });
});

test.each([
  ["", "no scheme was named."],
  ["\u001b[2Jgithubb", 'there is no sample of "__2Jgithubb".'],
])("without a scheme that is known (%j), what is known is listed in lines", async (name, what) => {
  const at = await home();
  const { code, err } = await at.run("trigger", ...(name === "" ? [] : [name]));
  expect(code).toBe(1);
  const [first, usage, , ...list] = err.split("\n");
  expect(first).toBe(`signalbox trigger: ${what}`);
  expect(usage).toContain("<scheme> <type>");
  expect(list.map((line) => line.trim().split(" ")[0])).toEqual([...SCHEMES, ""]);
});

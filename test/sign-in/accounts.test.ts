/** Whoever runs the server sees who has an account, shuts somebody out, and is told whether people can come in. */

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { controlClient } from "../../src/cli/control-client.ts";
import { home } from "../cli/command-line.ts";
import { callTool, realSession } from "../plugin/real-session.ts";
import { LinkClient } from "../world/link-client.ts";
import { startServer, type TestServer } from "../world/server.ts";
import { until } from "../world/until.ts";
import { Browser, codeOf, exchange } from "./browser.ts";
import { GithubStandin, githubEnv, onFreePort } from "./github-standin.ts";

const { method } = ControlService;

let github: GithubStandin;
let server: TestServer;
let signIn: string;
beforeAll(async () => {
  github = await GithubStandin.start();
  server = await onFreePort((port) => startServer({ env: githubEnv(github, port) }));
  signIn = `${server.running.httpUrl}/auth/cli`;
});
afterAll(async () => {
  await server.stop();
  await github.stop();
});

const newCode = async () => codeOf((await new Browser().signIn(signIn)).text);
const tokenFor = async (code: string): Promise<string> =>
  JSON.parse((await exchange(server.running.httpUrl, code)).text).connectionToken;

async function run(...args: string[]) {
  const at = await home();
  at.env.SIGNALBOX_DATA_DIR = server.dataDir;
  return at.run(...args);
}

test("accounts are listed with whose they are, and how they are used", async () => {
  await tokenFor(await newCode());
  const { out, code } = await run("accounts");
  expect(code).toBe(0);
  const host = new URL(github.url).host;
  expect(out.split("\n").map((line) => line.replace(/\s+/g, " "))).toEqual([
    expect.stringMatching(/^id name whose created tokens last seen/),
    expect.stringMatching(/^acc_\w+ local the server's own \S+ 0 never/),
    expect.stringMatching(new RegExp(`^acc_\\w+ octocat ${host}:583231 \\S+ 1 never`)),
    "",
  ]);
  expect(out).not.toContain("cbt_");
});

test("who is signed out is out: his links end, his tokens and codes are worth nothing, and nobody else's are", async () => {
  const token = await tokenFor(await newCode());
  const pending = await newCode();
  const link = new LinkClient(server.running.grpcUrl, token);
  link.hello({ session: "s1", instance: "instance-1" });
  await link.hears("welcome");
  const mine = await server.control.call(method.createToken, { label: "mine" });
  const { accounts } = await server.control.call(method.listAccounts, {});
  const { id = "" } = accounts.find(({ label }) => label === "octocat") ?? {};
  const { out } = await run("accounts", "sign-out", id);
  expect(out).toMatch(
    new RegExp(`^octocat \\(${id}\\) is signed out: \\d tokens were revoked, 1 link was cut off\\.\n$`),
  );
  await until(() => link.ended, "the link's end");
  expect((await exchange(server.running.httpUrl, pending)).status).toBe(401);
  const his = controlClient({ url: server.running.grpcUrl, token });
  await expect(his.call(method.getAccount, {})).rejects.toMatchObject({ kind: "unauthenticated" });
  const other = controlClient({ url: server.running.grpcUrl, token: mine.token });
  await other.call(method.getAccount, {});
  for (const client of [his, other]) client.close();
  // He is still on the list, and finds what he had.
  const again = controlClient({ url: server.running.grpcUrl, token: await tokenFor(await newCode()) });
  expect((await again.call(method.getAccount, {})).accountId).toBe(id);
  again.close();
});

test("the server's own account can be signed out too, and its commands go on", async () => {
  const { accounts } = await server.control.call(method.listAccounts, {});
  const { id = "" } = accounts.find(({ identity }) => identity === "") ?? {};
  await server.control.call(method.createToken, { label: "plugin" });
  expect((await run("accounts", "sign-out", id)).code).toBe(0);
  const { tokens } = await server.control.call(method.listTokens, {});
  expect(tokens.map(({ role }) => role)).toEqual(["admin"]);
});

test("an account that is not there, and words that mean nothing, are told of", async () => {
  expect(await run("accounts", "sign-out", "acc_none")).toMatchObject({
    code: 1,
    err: expect.stringContaining("there is no account acc_none"),
  });
  expect(await run("accounts", "remove")).toMatchObject({
    code: 1,
    err: expect.stringContaining("sign-out"),
  });
});

test("a session is told whose account it is", async () => {
  const path = join(mkdtempSync(join(tmpdir(), "account-")), "config.json");
  const connection = { remote: server.running.grpcUrl, connectionToken: await tokenFor(await newCode()) };
  writeFileSync(path, JSON.stringify(connection), { mode: 0o600 });
  const session = await realSession("s2", path);
  expect(await callTool(session, "account_info", {})).toContain(
    `Account: octocat, ${new URL(github.url).host}:583231`,
  );
  session.close();
});

const signInLine = (out: string) =>
  out.split("\n").find((line) => /sign in|OAuth|GitHub|signs in/.test(line));

test("doctor counts accounts, and says whether GitHub answers and knows the app", async () => {
  expect((await run("doctor")).out).toContain(
    "the server has its own account, and 1 account of people who have signed in",
  );
  expect(signInLine((await run("doctor")).out)).toBe(
    `ok    people sign in with GitHub at ${signIn}; it answers, and knows the app`,
  );
  github.registered = "https://elsewhere.example/";
  expect((await run("doctor")).out).toContain(
    `fail  the OAuth app has another callback URL\n      → Give it ${signIn}/callback at GitHub`,
  );
  github.registered = null;
  github.instead.set("/login/oauth/access_token", (_, response) => void response.writeHead(503).end());
  expect((await run("doctor")).out).toContain("warn  GitHub does not answer as it should");
  github.instead.set("/login/oauth/access_token", (_, response) => {
    response
      .writeHead(200, { "content-type": "application/json" })
      .end('{"error":"incorrect_client_credentials"}');
  });
  const { out } = await run("doctor");
  expect(out).toContain("fail  GitHub does not know the OAuth app by its id and secret");
  expect(out).not.toContain(github.clientSecret);
  github.instead.clear();
});

test("doctor says how people sign in where GitHub is not configured", async () => {
  for (const [env, line] of [
    [{}, "ok    whoever runs the server signs in on its machine"],
    [{ SIGNALBOX_PUBLIC_URL: "https://box.example.org" }, "ok    nobody signs in by a browser"],
  ] as const) {
    const other = await startServer({ env });
    const at = await home();
    at.env.SIGNALBOX_DATA_DIR = other.dataDir;
    expect((await at.run("doctor")).out).toContain(line);
    await other.stop();
  }
});

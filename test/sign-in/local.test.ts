/** Without GitHub: the server's own user signs in, on its own machine, and nobody else does. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { networkInterfaces } from "node:os";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { controlClient } from "../../src/cli/control-client.ts";
import { startServer, type TestServer } from "../world/server.ts";
import { ask, Browser, codeOf, exchange, failureOf, wordOf } from "./browser.ts";

let server: TestServer;
let url: string;
let signIn: string;
const warnings: Record<string, unknown>[] = [];
const onWarning = (fields: Record<string, unknown>) => void warnings.push(fields);
const env = { SIGNALBOX_SIGN_INS_PER_MINUTE: "100000" };

beforeAll(async () => {
  server = await startServer({ env, onWarning });
  url = server.running.httpUrl;
  signIn = `${url}/auth/cli`;
});
afterAll(() => server.stop());
beforeEach(() => {
  warnings.length = 0;
});

const reasons = () => warnings.map(({ reason }) => reason);

test("on the machine of the server its user is shown a command, whose code gives a token that works", async () => {
  const shown = await new Browser().begin(signIn);
  expect(shown.status).toBe(200);
  const answered = await exchange(url, codeOf(shown.text));
  expect(answered.status).toBe(200);
  const { remote, connectionToken, ...more } = JSON.parse(answered.text);
  expect({ remote, more }).toEqual({ remote: server.running.grpcUrl, more: {} });
  expect(shown.text).not.toContain(connectionToken);
  const client = controlClient({ url: remote, token: connectionToken });
  const account = await client.call(ControlService.method.getAccount, {});
  client.close();
  expect(account).toMatchObject({
    profileId: server.running.accountProfileId,
    tokenLabel: "sign-in on the server's machine",
  });
});

test("nothing of it is kept by a browser or a proxy, or shown inside of another page", async () => {
  const browser = new Browser();
  const start = await browser.get(signIn);
  const shown = await browser.post(signIn, { form: wordOf(start.text) });
  const failed = await browser.post(signIn, {});
  for (const { headers } of [start, shown, failed, await exchange(url, "no")]) {
    expect(headers).toMatchObject({
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "referrer-policy": "same-origin",
    });
    expect(headers["access-control-allow-origin"]).toBeUndefined();
  }
  for (const { headers } of [start, shown, failed]) {
    const policy = headers["content-security-policy"];
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]{44}'; form-action http:\/\/127\.0\.0\.1:\d+; base-uri 'none'; frame-ancestors 'none'$/,
    );
  }
  expect(start.headers["set-cookie"]?.[0]).toMatch(
    /^signalbox-form=[\w-]{22}; Path=\/auth\/cli; Max-Age=600; HttpOnly; SameSite=Strict$/,
  );
});

describe("nobody else is", () => {
  let refusal: ReturnType<typeof failureOf>;
  beforeAll(async () => {
    refusal = failureOf(await new Browser().post(signIn, {}));
    expect(refusal.status).toBe(403);
  });

  const forged: [string, Record<string, string>, string][] = [
    ["a name that points here", { host: "evil.example" }, "not_by_loopback_name"],
    ["a name that points here, with the port", { host: "evil.example:4400" }, "not_by_loopback_name"],
    ["another port of this machine", { host: "127.0.0.1:1" }, "not_by_loopback_name"],
    ["a name before which a user stands", { host: "a@localhost" }, "not_by_loopback_name"],
    [
      "a name that only begins like this machine's",
      { host: "127.0.0.1.evil.example" },
      "not_by_loopback_name",
    ],
    ["a proxy", { "x-forwarded-for": "127.0.0.1" }, "came_by_proxy"],
    ["a proxy that names no address", { "x-forwarded-proto": "https" }, "came_by_proxy"],
    ["a proxy of the standard", { forwarded: "for=127.0.0.1" }, "came_by_proxy"],
    ["a tunnel", { "cf-connecting-ip": "127.0.0.1" }, "came_by_proxy"],
    ["a cache", { via: "1.1 cache" }, "came_by_proxy"],
  ];
  test.each(forged)("who comes by %s is refused at every step", async (_, headers, reason) => {
    const good = new Browser();
    const { text } = await good.get(signIn);
    const code = codeOf((await good.begin(signIn)).text);
    warnings.length = 0;
    expect(failureOf(await good.get(signIn, headers))).toEqual(refusal);
    expect(failureOf(await good.post(signIn, { form: wordOf(text) }, headers))).toEqual(refusal);
    const answered = await exchange(url, code, headers);
    expect(answered).toMatchObject({ status: 401, text: (await exchange(url, "no")).text });
    expect(reasons()).toEqual([reason, reason, reason, "it is unknown or was used"]);
    expect((await exchange(url, code)).status).toBe(200);
  });

  const pages: [string, Record<string, string | undefined>, string][] = [
    ["of another site", { origin: "https://evil.example", "sec-fetch-site": "cross-site" }, "other_origin"],
    [
      "of another port of this machine",
      { origin: "http://127.0.0.1:3000", "sec-fetch-site": "same-site" },
      "other_origin",
    ],
    ["without a name", { origin: "null" }, "other_origin"],
    ["that does not say whose it is", { origin: undefined }, "other_origin"],
    ["that a browser calls another", { "sec-fetch-site": "cross-site" }, "other_origin"],
    ["that could not read the form", { cookie: undefined }, "no_form_token"],
    ["with another's cookie", { cookie: `signalbox-form=${"a".repeat(22)}` }, "no_form_token"],
  ];
  test.each(pages)("a form of a page %s begins nothing", async (_, headers, reason) => {
    const browser = new Browser();
    const { text } = await browser.get(signIn);
    expect(failureOf(await browser.post(signIn, { form: wordOf(text) }, headers))).toEqual(refusal);
    expect(reasons()).toEqual([reason]);
  });

  test("a form without its word, or with a word of another purpose, begins nothing", async () => {
    const browser = new Browser();
    const { text } = await browser.get(signIn);
    for (const form of ["", "x", wordOf(text).slice(0, -2), wordOf(text).toUpperCase()]) {
      expect(failureOf(await browser.post(signIn, { form }))).toEqual(refusal);
    }
    expect(new Set(reasons())).toEqual(new Set(["no_form_token"]));
  });

  test("a page exchanges no code, not even one that it has", async () => {
    const code = codeOf((await new Browser().begin(signIn)).text);
    for (const headers of [{ origin: "null" }, { origin: url }, { "sec-fetch-site": "none" }]) {
      expect((await exchange(url, code, headers)).status).toBe(401);
    }
    expect((await exchange(url, code)).status).toBe(200);
  });

  test("where no GitHub is configured nobody comes back from it", async () => {
    expect(failureOf(await new Browser().get(`${signIn}/callback?code=a&state=b`))).toEqual(refusal);
    expect(reasons()).toEqual(["no_github"]);
  });

  test.each([
    ["a public address", { SIGNALBOX_PUBLIC_URL: "https://box.example.org" }],
    ["a proxy", { SIGNALBOX_TRUST_PROXY: "1" }],
  ])("a server with %s takes nobody's word that he is here", async (_, more) => {
    const other = await startServer({ env: { ...env, ...more }, onWarning });
    const answered = await new Browser().get(`${other.running.httpUrl}/auth/cli`);
    await other.stop();
    expect(answered.status).toBe(403);
    expect(reasons()).toContain("is_public");
  });

  const lan = Object.values(networkInterfaces())
    .flat()
    .find((found) => found?.family === "IPv4" && !found.internal)?.address;
  test.skipIf(lan === undefined)("who comes by the network is refused, whatever he says", async () => {
    const open = await startServer({ env: { ...env, SIGNALBOX_HTTP_HOST: "0.0.0.0" }, onWarning });
    const { port } = new URL(open.running.httpUrl);
    const headers = { host: `127.0.0.1:${port}`, "x-forwarded-for": "127.0.0.1" };
    const there = await ask(`http://${lan}:${port}/auth/cli`, { headers });
    const here = await new Browser().begin(`http://127.0.0.1:${port}/auth/cli`);
    await open.stop();
    expect(there.status).toBe(403);
    expect(reasons()).toEqual(["not_loopback"]);
    expect(here.text).toContain(`http://127.0.0.1:${port}/auth/cli/exchange`);
  });

  // Only root can be somebody else.
  test.skipIf(process.getuid?.() !== 0 || process.platform !== "linux")(
    "another user of the machine is refused",
    async () => {
      const child = spawn("curl", ["-s", "-o", "/dev/null", "-w", "%{http_code}", signIn], {
        uid: 65_534,
        gid: 65_534,
        env: { PATH: process.env.PATH },
      });
      let told = "";
      child.stdout.on("data", (chunk) => {
        told += chunk;
      });
      await once(child, "close");
      expect(told).toBe("403");
      expect(reasons()).toEqual(["other_user"]);
    },
  );
});

test("whoever comes by the other name of this machine is sent to the configured one", async () => {
  const { port } = new URL(url);
  const answered = await ask(signIn, { headers: { host: `localhost:${port}` } });
  expect(answered).toMatchObject({ status: 303, headers: { location: signIn } });
});

test("a page in another tab goes on being good", async () => {
  const browser = new Browser();
  const first = wordOf((await browser.get(signIn)).text);
  await browser.get(signIn);
  expect((await browser.post(signIn, { form: first })).status).toBe(200);
});

test("every step counts for the address, and whoever is over it is told when to come again", async () => {
  const strict = await startServer({ env: { SIGNALBOX_SIGN_INS_PER_MINUTE: "4" } });
  const page = `${strict.running.httpUrl}/auth/cli`;
  const shown = await new Browser().begin(page);
  await exchange(strict.running.httpUrl, "no");
  await exchange(strict.running.httpUrl, "no");
  const code = codeOf(shown.text);
  for (const answered of [await ask(page), await exchange(strict.running.httpUrl, code)]) {
    expect(answered).toMatchObject({
      status: 429,
      headers: { "retry-after": expect.stringMatching(/^1[0-5]$/), "cache-control": "no-store" },
    });
  }
  // Who connects is not in the way of who signs in.
  await strict.control.call(ControlService.method.getAccount, {});
  await strict.stop();
});

/** With GitHub: each person signs in to an account of his own, if he may; all failures look the same from outside. */
import type { ServerResponse } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { controlClient } from "../../src/cli/control-client.ts";
import { startServer, type TestServer } from "../world/server.ts";
import { type Answer, ask, Browser, codeOf, exchange, failureOf } from "./browser.ts";
import { GithubStandin, githubEnv, onFreePort, type Person } from "./github-standin.ts";

let github: GithubStandin;
let server: TestServer;
let url: string;
let signIn: string;
const warnings: Record<string, unknown>[] = [];
const onWarning = (fields: Record<string, unknown>) => void warnings.push(fields);
const reasons = () =>
  warnings.map(({ reason, detail }) => (detail === undefined ? reason : `${reason}: ${detail}`));

async function serverWith(more: Record<string, string> = {}): Promise<TestServer> {
  return onFreePort((port) => startServer({ env: { ...githubEnv(github, port), ...more }, onWarning }));
}

beforeAll(async () => {
  github = await GithubStandin.start();
  server = await serverWith({
    SIGNALBOX_GITHUB_ORGS: "acme, Octo-Org",
    SIGNALBOX_GITHUB_USERS: "OctoCat,id:7",
  });
  url = server.running.httpUrl;
  signIn = `${url}/auth/cli`;
});
afterAll(async () => {
  await server.stop();
  await github.stop();
});
beforeEach(() => {
  warnings.length = 0;
  github.instead.clear();
  github.asked.length = 0;
  Object.assign(github, {
    mood: "grant",
    grants: null,
    registered: null,
    person: { id: 583_231, login: "octocat" },
  });
});

/** Who is let in by the token of the code that is shown. */
async function accountOf(shown: Answer, at = server) {
  const answered = await exchange(at.running.httpUrl, codeOf(shown.text));
  const { connectionToken } = JSON.parse(answered.text);
  const client = controlClient({ url: at.running.grpcUrl, token: connectionToken });
  const account = await client.call(ControlService.method.getAccount, {});
  client.close();
  return account;
}

test("somebody signs in, and has an account of his own with a token of its own each time", async () => {
  const [first, second] = [await new Browser().signIn(signIn), await new Browser().signIn(signIn)];
  expect(first.status).toBe(200);
  expect(first.text).toContain("Signed in as octocat");
  const [one, two] = [await accountOf(first), await accountOf(second)];
  expect(one.accountId).toBe(two.accountId);
  expect(one.accountId).not.toBe((await server.control.call(ControlService.method.getAccount, {})).accountId);
  expect(one.tokenLabel).toBe("sign-in of octocat");
  expect(one.tokenId).not.toBe(two.tokenId);
});

test("another name of the same number is the same account, and the old name of another number is not", async () => {
  const of = async (person: Person) => {
    github.person = person;
    return (await accountOf(await new Browser().signIn(signIn))).accountId;
  };
  const before = await of({ id: 7, login: "ann" });
  expect(await of({ id: 7, login: "anna" })).toBe(before);
  expect(await of({ id: 8, login: "ann", memberships: { acme: "active" } })).not.toBe(before);
});

describe("who may come in", () => {
  const people: [string, Person, boolean][] = [
    ["a user of the list, however it is written", { id: 1, login: "OCTOCAT" }, true],
    ["a user of the list by his number", { id: 7, login: "whoever" }, true],
    ["a member of an organisation", { id: 2, login: "mia", memberships: { acme: "active" } }, true],
    [
      "a member of another one of the list",
      { id: 3, login: "noa", memberships: { "octo-org": "active" } },
      true,
    ],
    [
      "somebody who was invited and has not come",
      { id: 4, login: "ian", memberships: { acme: "pending" } },
      false,
    ],
    [
      "a member of an organisation that lets nobody look",
      { id: 5, login: "bob", memberships: { acme: "blocked" } },
      false,
    ],
    ["a member of some other organisation", { id: 6, login: "eve", memberships: { evil: "active" } }, false],
    ["somebody whose name is a number of the list", { id: 9, login: "7" }, false],
    ["somebody whose name only begins like one", { id: 10, login: "octocat2" }, false],
  ];
  test.each(people)("%s", async (_, person, may) => {
    github.person = person;
    const answered = await new Browser().signIn(signIn);
    expect(answered.status).toBe(may ? 200 : 403);
    expect(reasons()).toEqual(may ? [] : [`not_allowed: ${person.login}, id:${person.id}`]);
  });

  test("everybody, where the list is a star; then GitHub is asked for no scope and no membership", async () => {
    const open = await serverWith({ SIGNALBOX_GITHUB_USERS: "*" });
    github.person = { id: 99, login: "anybody" };
    const browser = new Browser();
    const { headers } = await browser.begin(`${open.running.httpUrl}/auth/cli`);
    expect(new URL(String(headers.location)).searchParams.has("scope")).toBe(false);
    const answered = await browser.signIn(`${open.running.httpUrl}/auth/cli`);
    await open.stop();
    expect(answered.status).toBe(200);
    expect(github.asked.filter((one) => one.includes("memberships"))).toEqual([]);
  });

  test("who does not let the app read memberships is refused, and the log says so", async () => {
    github.person = { id: 2, login: "mia", memberships: { acme: "active" } };
    github.grants = "";
    expect((await new Browser().signIn(signIn)).status).toBe(403);
    expect(reasons()).toEqual(["scope_missing: mia, id:2"]);
  });
});

test("the browser is sent to GitHub with state, PKCE and the configured callback, whatever host it names", async () => {
  const browser = new Browser();
  const headers = { host: "evil.example", "x-forwarded-host": "evil.example", "x-forwarded-proto": "https" };
  const { text } = await browser.get(signIn, headers);
  expect(text).not.toContain("evil.example");
  const begun = await browser.begin(signIn, headers);
  expect(begun.status).toBe(303);
  const asked = new URL(String(begun.headers.location));
  expect(`${asked.origin}${asked.pathname}`).toBe(`${github.url}/login/oauth/authorize`);
  expect(Object.fromEntries(asked.searchParams)).toEqual({
    client_id: github.clientId,
    redirect_uri: `${url}/auth/cli/callback`,
    scope: "read:org",
    state: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge_method: "S256",
  });
  expect(begun.headers["set-cookie"]?.[0]).toMatch(
    /^signalbox-sign-in=v1\.[\w.-]+; Path=\/auth\/cli; Max-Age=600; HttpOnly; SameSite=Lax$/,
  );
  const back = await browser.get(asked.href);
  const shown = await browser.get(String(back.headers.location), headers);
  expect(shown.text).toContain(`${url}/auth/cli/exchange`);
  expect(shown.text).not.toContain("evil.example");
  // Where somebody is sent on to is known to GitHub alone, so the page with its form says less than all others.
  expect((await browser.get(signIn)).headers["content-security-policy"]).toContain(
    `form-action ${url} http:;`,
  );
  expect(shown.headers["content-security-policy"]).toContain(`form-action ${url};`);
  const answered = await exchange(url, codeOf(shown.text), { host: "evil.example" });
  expect(JSON.parse(answered.text).remote).toBe(url);
});

describe("all failures look the same from outside, and the log tells them apart", () => {
  let refusal: ReturnType<typeof failureOf>;
  beforeAll(async () => {
    refusal = failureOf(await new Browser().get(`${signIn}/callback`));
    expect(refusal.status).toBe(403);
  });

  /** A browser that GitHub has sent back, and where to. */
  async function sentBack(): Promise<{ browser: Browser; callback: URL }> {
    const browser = new Browser();
    const back = await browser.get(String((await browser.begin(signIn)).headers.location));
    return { browser, callback: new URL(String(back.headers.location)) };
  }
  const changed = (callback: URL, change: (query: URLSearchParams) => void): string => {
    change(callback.searchParams);
    return callback.href;
  };

  test("the person says no", async () => {
    github.mood = "deny";
    expect(failureOf(await new Browser().signIn(signIn))).toEqual(refusal);
    expect(reasons()).toEqual(["denied: access_denied"]);
  });

  const callbacks: [string, (query: URLSearchParams) => void, string][] = [
    ["another state", (query) => query.set("state", "x".repeat(43)), "wrong_state"],
    ["no state", (query) => query.delete("state"), "wrong_state"],
    ["two states", (query) => query.append("state", "x"), "wrong_state"],
    [
      "two codes",
      (query) => query.append("code", "x"),
      "github_failed: an answer has another form than GitHub's",
    ],
    ["no code", (query) => query.delete("code"), "github_failed: an answer has another form than GitHub's"],
    ["an unknown code", (query) => query.set("code", "x"), "code_refused: bad_verification_code"],
    ["another issuer", (query) => query.set("iss", "https://evil.example"), "wrong_state"],
    ["an error in our name", (query) => query.set("error", "<script>"), "denied"],
  ];
  test.each(callbacks)("the callback has %s", async (_, change, reason) => {
    const { browser, callback } = await sentBack();
    expect(failureOf(await browser.get(changed(callback, change)))).toEqual(refusal);
    expect(reasons()).toEqual([reason]);
  });

  test("the callback is another browser's, has been used, or nobody has begun it", async () => {
    const [one, other] = [await sentBack(), await sentBack()];
    expect(failureOf(await one.browser.get(other.callback.href))).toEqual(refusal);
    expect(failureOf(await new Browser().get(other.callback.href))).toEqual(refusal);
    const { cookie } = other.browser;
    expect((await other.browser.get(other.callback.href)).status).toBe(200);
    expect(failureOf(await other.browser.get(other.callback.href))).toEqual(refusal);
    expect(failureOf(await ask(other.callback.href, { headers: { cookie } }))).toEqual(refusal);
    expect(reasons()).toEqual([
      "wrong_state",
      "not_begun",
      "not_begun",
      "code_refused: bad_verification_code",
    ]);
  });

  test("the code of one sign-in fits no other: GitHub is shown the verifier of this one", async () => {
    const [one, other] = [await sentBack(), await sentBack()];
    const code = other.callback.searchParams.get("code") ?? "";
    const swapped = changed(one.callback, (query) => query.set("code", code));
    expect(failureOf(await one.browser.get(swapped))).toEqual(refusal);
    expect(reasons()).toEqual(["code_refused: bad_verification_code"]);
  });

  test("the note of the browser is of another purpose, or changed", async () => {
    const { browser, callback } = await sentBack();
    const note = browser.cookies.get("signalbox-sign-in") ?? "";
    const { text } = await browser.get(signIn);
    const ofForm = /name="form" value="([^"]*)"/.exec(text)?.[1] ?? "";
    for (const cookie of [ofForm, `${note}AAAA`, "", "v1"]) {
      const headers = { cookie: `signalbox-sign-in=${cookie}` };
      expect(failureOf(await ask(callback.href, { headers }))).toEqual(refusal);
    }
    expect(new Set(reasons())).toEqual(new Set(["not_begun"]));
  });

  test("a form of another page begins nothing here either", async () => {
    const headers = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    expect(failureOf(await new Browser().begin(signIn, headers))).toEqual(refusal);
    expect(reasons()).toEqual(["other_origin"]);
  });

  const TOKEN = "/login/oauth/access_token";
  const USER = "/api/v3/user";
  const strange: [string, string, (response: ServerResponse) => void, string][] = [
    [
      "is garbage",
      TOKEN,
      (response) => response.setHeader("content-type", "application/json").end("{"),
      "an answer has another form than GitHub's",
    ],
    [
      "is a page",
      TOKEN,
      (response) => response.setHeader("content-type", "text/html").end("<p>sorry"),
      "an answer has another form than GitHub's",
    ],
    [
      "is a form",
      TOKEN,
      (response) => response.end("access_token=gho_x&token_type=bearer"),
      "an answer has another form than GitHub's",
    ],
    [
      "has no token",
      TOKEN,
      (response) => json(response, { token_type: "bearer" }),
      "an answer has another form than GitHub's",
    ],
    [
      "has a token of another type",
      TOKEN,
      (response) => json(response, { access_token: "x", token_type: "mac" }),
      "an answer has another form than GitHub's",
    ],
    [
      "points elsewhere",
      TOKEN,
      (response) => response.writeHead(307, { location: `${github.url}${USER}` }).end(),
      "an answer has another form than GitHub's",
    ],
    [
      "fails",
      TOKEN,
      (response) => response.writeHead(500).end("{}"),
      "an answer has another form than GitHub's",
    ],
    [
      "breaks off",
      TOKEN,
      (response) => response.writeHead(200, { "content-length": "9" }).end().destroy(),
      "no answer (UND_ERR_SOCKET)",
    ],
    ["is huge", TOKEN, endless, "the answer has more than 262144 bytes"],
    ["is huge, of who it is", USER, endless, "the answer has more than 262144 bytes"],
    [
      "is garbage, of who it is",
      USER,
      (response) => response.end("gho_secret"),
      "an answer has another form than GitHub's",
    ],
    [
      "has no number",
      USER,
      (response) => json(response, { login: "octocat" }),
      "an answer has another form than GitHub's",
    ],
    [
      "has a number in words",
      USER,
      (response) => json(response, { login: "octocat", id: "583231" }),
      "an answer has another form than GitHub's",
    ],
    [
      "has a number that is none",
      USER,
      (response) => json(response, { login: "octocat", id: 1e21 }),
      "an answer has another form than GitHub's",
    ],
    [
      "has a name that is none",
      USER,
      (response) => json(response, { login: "<b>octocat", id: 1 }),
      "an answer has another form than GitHub's",
    ],
    [
      "does not know the token",
      USER,
      (response) => response.writeHead(401).end("{}"),
      "/user was answered 401",
    ],
    [
      "points elsewhere, of who it is",
      USER,
      (response) => response.writeHead(302, { location: "/other" }).end(),
      "/user was answered 302",
    ],
  ];
  test.each(strange)("an answer of GitHub's %s", async (_, path, answer, detail) => {
    const { browser, callback } = await sentBack();
    github.instead.set(path, (_request, response) => answer(response));
    expect(failureOf(await browser.get(callback.href))).toEqual(refusal);
    expect(reasons()).toEqual([`github_failed: ${detail}`]);
    expect(github.asked.filter((one) => one.endsWith("/other"))).toEqual([]);
  });

  test("a membership is answered strangely", async () => {
    github.person = { id: 2, login: "mia" };
    github.instead.set("/api/v3/user/memberships/orgs/acme", (_, response) =>
      json(response, { state: "Active" }),
    );
    expect(failureOf(await new Browser().signIn(signIn))).toEqual(refusal);
    expect(reasons()).toEqual(["github_failed: an answer has another form than GitHub's"]);
  });

  test("the app's secret is another, or its callback", async () => {
    const wrong = await serverWith({ SIGNALBOX_GITHUB_CLIENT_SECRET: "not-that-one" });
    expect((await new Browser().signIn(`${wrong.running.httpUrl}/auth/cli`)).status).toBe(403);
    const { browser, callback } = await sentBack();
    github.registered = "https://elsewhere.example/callback";
    expect(failureOf(await browser.get(callback.href))).toEqual(refusal);
    await wrong.stop();
    expect(reasons()).toEqual([
      "code_refused: incorrect_client_credentials",
      "code_refused: redirect_uri_mismatch",
    ]);
  });

  test("GitHub is not there", async () => {
    const gone = await GithubStandin.start();
    const other = await onFreePort((port) => startServer({ env: githubEnv(gone, port), onWarning }));
    const browser = new Browser();
    const back = await browser.get(
      String((await browser.begin(`${other.running.httpUrl}/auth/cli`)).headers.location),
    );
    await gone.stop();
    const answered = await browser.get(String(back.headers.location));
    await other.stop();
    expect(answered.status).toBe(403);
    expect(reasons()).toEqual(["github_failed: no answer (ECONNREFUSED)"]);
  });
});

function json(response: ServerResponse, body: object): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}

/** Until nobody reads any more. */
function endless(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "application/json" });
  const more = () => {
    while (!response.destroyed && response.write(" ".repeat(65_536)));
  };
  response.on("drain", more);
  more();
}

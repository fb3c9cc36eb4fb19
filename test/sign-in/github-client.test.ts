/** What the server asks of GitHub has an end, and what it finds there can be asked for. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Github } from "../../src/auth/github/github.ts";
import type { GithubApp } from "../../src/config/github.ts";
import { GithubStandin } from "./github-standin.ts";

let standin: GithubStandin;
const CALLBACK = "http://127.0.0.1:4400/auth/cli/callback";

beforeAll(async () => {
  standin = await GithubStandin.start();
});
afterAll(() => standin.stop());
beforeEach(() => {
  standin.instead.clear();
  standin.registered = null;
});

function client(over: Partial<GithubApp> = {}, askingMs?: number): Github {
  const { clientId, clientSecret, url } = standin;
  const app = { clientId, clientSecret, url, apiUrl: `${url}/api/v3`, users: "everybody" as const, orgs: [] };
  return new Github(
    { ...app, ...over },
    { callbackUrl: CALLBACK, ...(askingMs !== undefined && { askingMs }) },
  );
}

/** A sign-in as far as its callback. */
async function back(github: Github) {
  const { url, ...begun } = await github.begin();
  const { headers } = await fetch(url, { redirect: "manual" });
  return { begun, callback: new URL(headers.get("location") ?? "").searchParams };
}

test.each([
  ["says nothing", "/login/oauth/access_token", 0],
  ["says nothing of who it is", "/api/v3/user", 0],
  ["says it byte by byte", "/api/v3/user", 5],
])("a GitHub that %s is left", async (_, path, everyMs) => {
  standin.instead.set(path, (request, response) => {
    response.writeHead(200, { "content-type": "application/json" }).flushHeaders();
    if (everyMs === 0) return;
    const dripping = setInterval(() => response.write(" "), everyMs);
    request.on("close", () => clearInterval(dripping));
    response.on("close", () => clearInterval(dripping));
  });
  const github = client({}, 300);
  const { begun, callback } = await back(github);
  expect(await github.identify(callback, begun)).toEqual({
    kind: "refused",
    reason: "github_failed",
    detail: "no whole answer in time",
  });
});

test("each sign-in has a state and a verifier of its own, which are no part of the address that shows the other", async () => {
  const github = client();
  const [one, other] = [await github.begin(), await github.begin()];
  expect(one.state).not.toBe(other.state);
  expect(one.verifier).not.toBe(other.verifier);
  expect(one.url).not.toContain(one.verifier);
});

test("people of two GitHubs are two, whatever their numbers", async () => {
  const github = client();
  const { begun, callback } = await back(github);
  expect(await github.identify(callback, begun)).toEqual({
    kind: "identified",
    identity: `${new URL(standin.url).host}:583231`,
    label: "octocat",
  });
});

test("whether GitHub answers, and knows the app, is told without anybody who signs in", async () => {
  expect(await client().check()).toEqual({ kind: "answers" });
  expect(await client({ clientSecret: "not-that-one" }).check()).toEqual({ kind: "bad_credentials" });
  standin.registered = "https://elsewhere.example/callback";
  expect(await client().check()).toEqual({ kind: "bad_callback" });
  expect(await client({ url: `${standin.url}/nowhere` }).check()).toEqual({
    kind: "fails",
    why: "an answer has another form than GitHub's",
  });
  standin.instead.set(
    "/login/oauth/access_token",
    (_, response) =>
      void response
        .writeHead(200, { "content-type": "application/json" })
        .end('{"access_token":"gho_x","token_type":"bearer"}'),
  );
  expect(await client().check()).toEqual({ kind: "fails", why: "it takes every code" });
});

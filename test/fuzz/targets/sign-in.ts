/** What GitHub, or somebody in its place, answers in a sign-in; with what a browser comes back; and what is shown as a code. */
import type { ServerResponse } from "node:http";
import { type Answer, ask, Browser, codeOf, exchange, failureOf } from "../../sign-in/browser.ts";
import { GithubStandin, githubEnv, onFreePort } from "../../sign-in/github-standin.ts";
import type { Chance } from "../chance.ts";
import { mutateJson } from "../mutate.ts";
import { NASTY_TEXTS } from "../nasty.ts";
import { brief, bytesOf, hold, holdQuiet, isObject, jsonOf, type Subject, type Target } from "../target.ts";
import { type FuzzedServer, fuzzedServer } from "./server-world.ts";

/** Stand for what this run's sign-in has, and no file of the corpus can know. */
const CODE = "CODE";
const STATE = "STATE";
const NOTE = "NOTE";

const TOKEN = {
  status: 200,
  type: "application/json",
  body: { access_token: "gho_x", scope: "read:org", token_type: "bearer" },
};
const USER = { status: 200, type: "application/json", body: { id: 583_231, login: "octocat" } };
const MEMBER = { status: 200, type: "application/json", body: { state: "active", role: "member" } };
const query = { code: CODE, state: STATE };

const SAMPLES: readonly object[] = [
  { token: TOKEN },
  {
    token: { ...TOKEN, body: { error: "bad_verification_code", error_description: "The code is incorrect" } },
  },
  { token: TOKEN, user: USER },
  { token: TOKEN, user: { ...USER, body: { id: 2, login: "mia" } }, member: MEMBER },
  { token: TOKEN, user: { ...USER, body: "<html>" } },
  { query, cookie: NOTE },
  { query: { ...query, error: "access_denied", error_description: "<b>no" } },
  { query: { ...query, iss: "https://github.com" } },
  { query: { state: STATE }, cookie: "" },
  { form: "form=x", origin: "null" },
  { code: "once_aaaaaaaaaaaaaaaaaaaaaaaa" },
];

export const signIn: Target = {
  name: "sign-in",
  promise:
    "whatever GitHub answers, a browser brings back, or is shown as a code: a sign-in succeeds as it should, or fails in one and the same page",
  async open() {
    const github = await GithubStandin.start();
    const lists = { SIGNALBOX_GITHUB_ORGS: "acme" };
    const server = await onFreePort((port) => fuzzedServer({ ...githubEnv(github, port), ...lists }));
    const world = new World(server, github);
    let judged = 0;
    const subject: Subject = {
      generate: (chance) => bytesOf(generate(chance)),
      async judge(input) {
        const json = jsonOf(input);
        if (isObject(json)) await world.judge(json);
        if (++judged % 25 === 0) await world.goesOn();
      },
      async close() {
        await server.stop();
        await github.stop();
      },
    };
    return subject;
  },
};

const generate = (chance: Chance): unknown => {
  if (chance.oneIn(5)) {
    // A member whose name is whatever it is.
    const body = { id: 2, login: chance.of([...NASTY_TEXTS, "<b>mia", "mia\nmia"]) };
    return { token: TOKEN, user: { ...USER, body }, member: MEMBER };
  }
  const sample = chance.of(SAMPLES);
  const more = chance.oneIn(3) ? { cookie: chance.of([NOTE, ...NASTY_TEXTS]) } : {};
  return mutateJson({ ...sample, ...more }, chance, [TOKEN, USER, MEMBER, CODE, STATE]);
};

class World {
  readonly #server: FuzzedServer;
  readonly #github: GithubStandin;
  readonly #signIn: string;
  #failure: ReturnType<typeof failureOf> | null = null;

  constructor(server: FuzzedServer, github: GithubStandin) {
    this.#server = server;
    this.#github = github;
    this.#signIn = `${server.running.httpUrl}/auth/cli`;
  }

  async judge(input: Record<string, unknown>): Promise<void> {
    this.#failure ??= failureOf(await new Browser().get(`${this.#signIn}/callback`));
    this.#answers({
      "/login/oauth/access_token": input.token,
      "/api/v3/user": input.user,
      "/api/v3/user/memberships/orgs/acme": input.member,
    });
    if (typeof input.code === "string") await this.#exchanges(input.code);
    if (typeof input.form === "string") await this.#posts(input.form, input.origin);
    await this.#comesBack(input);
    this.#github.instead.clear();
    hold(this.#server.errors.length === 0, `the log says ${this.#server.errors[0]}`);
  }

  async goesOn(): Promise<void> {
    const shown = await new Browser().signIn(this.#signIn);
    hold(shown.status === 200, `a good sign-in is answered ${shown.status}`);
    const { status } = await exchange(this.#server.running.httpUrl, codeOf(shown.text));
    hold(status === 200, `a good code is answered ${status}`);
  }

  #answers(given: Record<string, unknown>): void {
    for (const [path, answer] of Object.entries(given)) {
      if (isObject(answer)) this.#github.instead.set(path, (_, response) => give(response, answer));
    }
  }

  async #comesBack({ query: given, cookie }: Record<string, unknown>): Promise<void> {
    const browser = new Browser();
    const begun = await browser.begin(this.#signIn);
    const back = await browser.get(String(begun.headers.location));
    const callback = new URL(String(back.headers.location));
    const filled = (text: string) =>
      text
        .replaceAll(CODE, callback.searchParams.get("code") ?? "")
        .replaceAll(STATE, callback.searchParams.get("state") ?? "")
        .replaceAll(NOTE, browser.cookies.get("signalbox-sign-in") ?? "");
    if (isObject(given)) {
      const pairs = Object.entries(given).map(([name, value]) => [name, filled(textOf(value))] as const);
      callback.search = new URLSearchParams(Object.fromEntries(pairs)).toString();
    }
    const headers = typeof cookie === "string" ? { cookie: `signalbox-sign-in=${filled(cookie)}` } : {};
    const answered = await browser.get(callback.href, headers).catch(unsendable);
    if (answered !== null) this.#holdShown(answered);
  }

  async #exchanges(code: string): Promise<void> {
    const answered = await exchange(this.#server.running.httpUrl, code).catch(unsendable);
    if (answered === null) return;
    hold([401, 413].includes(answered.status), `a code that is none is answered ${answered.status}`);
    hold(!answered.text.includes("cbt_"), "a token for a code that is none");
    holdQuiet(answered.text);
  }

  async #posts(form: string, origin: unknown): Promise<void> {
    const headers = typeof origin === "string" ? { origin } : {};
    const answered = await ask(this.#signIn, { method: "POST", headers, body: form }).catch(unsendable);
    if (answered === null) return;
    hold([403, 413, 431].includes(answered.status), `a form of another page is answered ${answered.status}`);
  }

  #holdShown(answered: Answer): void {
    const { status, text, headers } = answered;
    holdQuiet(text);
    if (status === 200) {
      const who = /<h1>Signed in as ([^<]*)<\/h1>/.exec(text)?.[1] ?? "";
      // Everybody else's name is on no list, and his membership of another organisation.
      hold(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(who), `somebody called ${brief(who)} is let in`);
    } else if (status === 403) {
      hold(
        JSON.stringify(failureOf(answered)) === JSON.stringify(this.#failure),
        `a failure of its own: ${brief(text)}`,
      );
    } else {
      // What Node itself does not take.
      hold(status === 431 || status === 400, `a callback is answered ${status}`);
      return;
    }
    hold(headers["cache-control"] === "no-store", "it may be kept");
  }
}

/** Node's client sends no such header or address. */
function unsendable(error: unknown): null {
  hold(error instanceof Error && "code" in error, brief(error));
  hold(
    ["ERR_INVALID_CHAR", "ERR_UNESCAPED_CHARACTERS", "ECONNRESET", "EPIPE"].includes(String(error.code)),
    brief(error),
  );
  return null;
}

function give(response: ServerResponse, { status, type, body }: Record<string, unknown>): void {
  const code = typeof status === "number" && status >= 200 && status < 600 ? Math.floor(status) : 200;
  try {
    response.writeHead(code, { "content-type": String(type) });
  } catch {
    response.writeHead(code);
  }
  response.end(typeof body === "string" ? body : (JSON.stringify(body) ?? ""));
}

const textOf = (value: unknown): string =>
  typeof value === "string" ? value : (JSON.stringify(value) ?? "");

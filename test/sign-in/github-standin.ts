/**
 * A server that speaks those endpoints of GitHub that a sign-in meets, as its documentation has them: mistakes of the token request are
 * told with status 200, scopes are parted by commas, a code is good once, and PKCE is checked where it was begun with.
 * https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps
 */
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { SignalboxError } from "../../src/domain/errors.ts";
import { freePort } from "../world/server-process.ts";

export interface Person {
  id: number;
  login: string;
  /** By organisation. */
  memberships?: Record<string, "active" | "pending" | "blocked">;
}

interface Grant {
  person: Person;
  redirectUri: string;
  challenge: string | null;
  scope: string;
}

type Answering = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

export class GithubStandin {
  readonly clientId = "Iv1.0123456789abcdef";
  readonly clientSecret = "github-client-secret-0123456789abcdef";
  /** Who sits at the browser. */
  person: Person = { id: 583_231, login: "octocat" };
  /** What he says when he is asked: the page that asks is shown instead where it is `ask`. */
  mood: "grant" | "deny" | "ask" = "grant";
  /** Of what is asked for, what he lets the app have; default: all. */
  grants: string | null = null;
  /** The app's callback, as it was registered; null: whatever is asked for. */
  registered: string | null = null;
  /** Instead of what stands here, by path. */
  readonly instead = new Map<string, Answering>();
  /** Every request, method and target. */
  readonly asked: string[] = [];
  readonly #codes = new Map<string, Grant>();
  readonly #tokens = new Map<string, Grant>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  static async start(): Promise<GithubStandin> {
    const standin = new GithubStandin();
    standin.#server.listen(0, "127.0.0.1");
    await once(standin.#server, "listening");
    return standin;
  }

  get url(): string {
    // It listens on a port, and not on a pipe.
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Tokens that it has given out. */
  get tokens(): string[] {
    return [...this.#tokens.keys()];
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.url);
    this.asked.push(`${request.method} ${url.pathname}`);
    const instead = this.instead.get(url.pathname);
    if (instead !== undefined) return instead(request, response);
    const membership = /^\/api\/v3\/user\/memberships\/orgs\/([^/]+)$/.exec(url.pathname);
    if (url.pathname === "/login/oauth/authorize") this.#authorize(url, response);
    else if (url.pathname === "/login/oauth/access_token") await this.#token(request, response);
    else if (url.pathname === "/api/v3/user") this.#user(request, response);
    else if (membership !== null) this.#membership(membership[1] ?? "", request, response);
    else json(response, 404, { message: "Not Found" });
  }

  #authorize(url: URL, response: ServerResponse): void {
    const asked = url.searchParams;
    const redirectUri = asked.get("redirect_uri") ?? "";
    if (asked.get("client_id") !== this.clientId || (this.registered ?? redirectUri) !== redirectUri) {
      return void response.writeHead(404).end();
    }
    const back = new URL(redirectUri);
    back.searchParams.set("state", asked.get("state") ?? "");
    if (this.mood === "deny") {
      back.searchParams.set("error", "access_denied");
      back.searchParams.set("error_description", "The user has denied your application access.");
      return void response.writeHead(302, { location: back.href }).end();
    }
    const scope = this.grants ?? (asked.get("scope") ?? "").replaceAll(" ", ",");
    const challenge = asked.get("code_challenge_method") === "S256" ? asked.get("code_challenge") : null;
    const code = randomBytes(10).toString("hex");
    this.#codes.set(code, { person: this.person, redirectUri, challenge, scope });
    back.searchParams.set("code", code);
    if (this.mood === "grant") return void response.writeHead(302, { location: back.href }).end();
    const link = back.href.replaceAll("&", "&amp;");
    response.setHeader("content-type", "text/html");
    response.end(
      `<!doctype html><title>GitHub</title><link rel="icon" href="data:,"><a href="${link}">Authorize</a>`,
    );
  }

  async #token(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams(await text(request));
    const problem = (error: string) =>
      json(response, 200, { error, error_description: `${error}, it is said` });
    if (request.method !== "POST" || request.headers.accept !== "application/json")
      return json(response, 404, {});
    if (form.get("client_id") !== this.clientId || form.get("client_secret") !== this.clientSecret) {
      return problem("incorrect_client_credentials");
    }
    if (this.registered !== null && form.get("redirect_uri") !== this.registered) {
      return problem("redirect_uri_mismatch");
    }
    const code = form.get("code") ?? "";
    const grant = this.#codes.get(code);
    this.#codes.delete(code);
    if (grant === undefined) return problem("bad_verification_code");
    const { challenge, redirectUri, scope } = grant;
    const proof = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    if ((challenge !== null && proof !== challenge) || form.get("redirect_uri") !== redirectUri) {
      return problem("bad_verification_code");
    }
    const token = `gho_${randomBytes(18).toString("hex")}`;
    this.#tokens.set(token, grant);
    json(response, 200, { access_token: token, scope, token_type: "bearer" });
  }

  /** Who asks; null: nobody, and he was told so. */
  #askerOf(request: IncomingMessage, response: ServerResponse): Grant | null {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
    const grant = this.#tokens.get(token);
    if (request.headers["user-agent"] === undefined)
      json(response, 403, { message: "User-Agent is required" });
    else if (grant === undefined) json(response, 401, { message: "Bad credentials" });
    else return grant;
    return null;
  }

  #user(request: IncomingMessage, response: ServerResponse): void {
    const grant = this.#askerOf(request, response);
    if (grant === null) return;
    const { id, login } = grant.person;
    json(response, 200, { login, id, node_id: "MDQ6VXNlcg==", type: "User", site_admin: false, name: null });
  }

  #membership(org: string, request: IncomingMessage, response: ServerResponse): void {
    const grant = this.#askerOf(request, response);
    if (grant === null) return;
    const state = grant.person.memberships?.[org];
    if (!grant.scope.split(",").includes("read:org") || state === "blocked") {
      json(response, 403, { message: "You need at least read:org scope" });
    } else if (state === undefined) {
      json(response, 404, { message: "Not Found" });
    } else {
      json(response, 200, { state, role: "member", organization: { login: org } });
    }
  }
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(body));
}

/** The settings of a server whose people sign in there. Its address has to be known before it listens. */
export const githubEnv = (github: GithubStandin, port: number): Record<string, string> => ({
  SIGNALBOX_HTTP_PORT: String(port),
  SIGNALBOX_PUBLIC_URL: `http://127.0.0.1:${port}`,
  SIGNALBOX_GITHUB_URL: github.url,
  SIGNALBOX_GITHUB_CLIENT_ID: github.clientId,
  SIGNALBOX_GITHUB_CLIENT_SECRET: github.clientSecret,
  SIGNALBOX_GITHUB_USERS: "octocat",
  SIGNALBOX_SIGN_INS_PER_MINUTE: "100000",
});

/** The address of such a server stands in its settings, so its port is chosen before; by now somebody else may have it. */
export async function onFreePort<T>(start: (port: number) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await start(await freePort());
    } catch (error) {
      const isTaken = error instanceof SignalboxError && error.code === "port_taken";
      if (!isTaken || tries === 5) throw error;
    }
  }
}

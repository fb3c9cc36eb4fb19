/**
 * Signing in by GitHub's OAuth web flow, with state and PKCE (S256). What a browser has begun is kept by that browser, sealed,
 * and nothing of it here: a restart loses no sign-in, and any process takes it up. GitHub's own token is asked who it is and
 * where he is a member, and forgotten.
 */
import {
  AuthorizationResponseError,
  type AuthorizationServer,
  type Client,
  calculatePKCECodeChallenge,
  generateRandomCodeVerifier,
  generateRandomState,
  validateAuthResponse,
} from "oauth4webapi";
import type { GithubApp } from "../../config/github.ts";
import { isAllowed } from "./allowed.ts";
import { GithubApi, StrangeAnswer } from "./api.ts";
import { type Identified, refused } from "./outcome.ts";
import { CodeRefused, requestToken } from "./token-request.ts";

/** For all that is asked of GitHub in one sign-in. */
const ASKING_MS = 15_000;

/** Of which one is enough to have a membership read. */
const MEMBERSHIP_SCOPES = ["read:org", "write:org", "admin:org"];

/** What the callback must be the answer to. */
export interface Begun {
  state: string;
  verifier: string;
}

/** What `check` finds. */
export type Standing =
  | { kind: "answers" }
  /** It does not know the app by this id and secret. */
  | { kind: "bad_credentials" }
  /** The app was made for another address than the callback's. */
  | { kind: "bad_callback" }
  | { kind: "fails"; why: string };

export class Github {
  readonly #app: GithubApp;
  /** What the app has to name at GitHub. */
  readonly callbackUrl: string;
  readonly #askingMs: number;
  readonly #server: AuthorizationServer;
  readonly #client: Client;

  constructor(
    app: GithubApp,
    { callbackUrl, askingMs = ASKING_MS }: { callbackUrl: string; askingMs?: number },
  ) {
    this.#app = app;
    this.callbackUrl = callbackUrl;
    this.#askingMs = askingMs;
    this.#client = { client_id: app.clientId };
    this.#server = { issuer: app.url, token_endpoint: `${app.url}/login/oauth/access_token` };
  }

  /** Where a page of ours sends people. */
  get origin(): string {
    return new URL(this.#app.url).origin;
  }

  /** Where the browser goes, and what it brings back with it. */
  async begin(): Promise<Begun & { url: string }> {
    const [state, verifier] = [generateRandomState(), generateRandomCodeVerifier()];
    const url = new URL(`${this.#app.url}/login/oauth/authorize`);
    url.search = new URLSearchParams({
      client_id: this.#app.clientId,
      redirect_uri: this.callbackUrl,
      // Who somebody is can be asked without any scope.
      ...(this.#app.orgs.length > 0 && { scope: "read:org" }),
      state,
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
    }).toString();
    return { state, verifier, url: url.href };
  }

  /** Who came back, if he may come in. Does not throw. */
  async identify(callback: URLSearchParams, { state, verifier }: Begun): Promise<Identified> {
    let answered: URLSearchParams;
    try {
      answered = validateAuthResponse(this.#server, this.#client, callback, state);
    } catch (error) {
      if (!(error instanceof AuthorizationResponseError)) return refused("wrong_state");
      return refused("denied", /^[a-z_]{1,60}$/.test(error.error) ? error.error : undefined);
    }
    const signal = AbortSignal.timeout(this.#askingMs);
    try {
      const { token, scopes } = await this.#redeem(answered, verifier, signal);
      return await this.#admit(new GithubApi(this.#app.apiUrl, token, signal), scopes);
    } catch (error) {
      return refused(error instanceof CodeRefused ? "code_refused" : "github_failed", wordsOf(error));
    }
  }

  /** Shows GitHub a code that it can't know: what it says to that tells whether it knows the app. */
  async check(): Promise<Standing> {
    const answered = validateAuthResponse(
      this.#server,
      this.#client,
      new URLSearchParams({ code: "check", state: "check" }),
      "check",
    );
    try {
      await this.#redeem(answered, generateRandomCodeVerifier(), AbortSignal.timeout(this.#askingMs));
      return { kind: "fails", why: "it takes every code" };
    } catch (error) {
      if (!(error instanceof CodeRefused)) return { kind: "fails", why: wordsOf(error) };
      switch (error.problem) {
        case "incorrect_client_credentials":
          return { kind: "bad_credentials" };
        case "redirect_uri_mismatch":
          return { kind: "bad_callback" };
        default:
          return { kind: "answers" };
      }
    }
  }

  #redeem(answered: URLSearchParams, verifier: string, signal: AbortSignal) {
    const { clientSecret } = this.#app;
    const ours = { server: this.#server, client: this.#client, clientSecret, callbackUrl: this.callbackUrl };
    return requestToken({ ...ours, answered, verifier, signal });
  }

  async #admit(api: GithubApi, scopes: readonly string[]): Promise<Identified> {
    const user = await api.user();
    if (await isAllowed(this.#app, user, (org) => api.isActiveMember(org))) {
      // A number of one host means nothing on another.
      const identity = `${new URL(this.#app.url).host}:${user.id}`;
      return { kind: "identified", identity, label: user.login };
    }
    const couldLook = this.#app.orgs.length === 0 || scopes.some((one) => MEMBERSHIP_SCOPES.includes(one));
    return refused(couldLook ? "not_allowed" : "scope_missing", `${user.login}, id:${user.id}`);
  }
}

/** For the log: in our own words and Node's, never in those of whoever answered. */
function wordsOf(error: unknown): string {
  if (error instanceof CodeRefused || error instanceof StrangeAnswer) return error.message;
  if (!(error instanceof Error)) return "no answer";
  const { cause } = error;
  if (cause instanceof Error && "code" in cause) return `no answer (${String(cause.code)})`;
  switch (error.name) {
    case "TimeoutError":
      return "no whole answer in time";
    case "TooMuch":
      return error.message;
    default:
      return "an answer has another form than GitHub's";
  }
}

/**
 * `/auth/cli`: signs people in, by GitHub where an OAuth app is configured, else the server's own user on its own machine, and
 * shows the command that saves a connection. Invariants:
 *
 *   W1  Every address that is shown or sent on is the configured one: what a request says of its host is only compared.
 *   W2  Outside nobody is told why a sign-in fails: one page, one status. The log says it, under the attempt that the page names.
 *   W3  No other page begins a sign-in, reads what one shows, or exchanges a code.
 *   W4  Every step counts for its address, before anything else is done.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Express } from "express";
import { z } from "zod";
import { clientAddress } from "../../auth/client-address.ts";
import type { Doorkeeper } from "../../auth/doorkeeper.ts";
import type { Begun, Github } from "../../auth/github/github.ts";
import type { Cipher } from "../../config/cipher.ts";
import { TooOften } from "../../domain/errors.ts";
import { randomText } from "../../domain/ids.ts";
import type { Clock } from "../../domain/ports/clock.ts";
import type { Random } from "../../domain/ports/random.ts";
import type { Log } from "../../services/log.ts";
import type { SignIns } from "../../services/sign-ins.ts";
import { answerError } from "../http-status.ts";
import { answerPage, answerSeeOther, secluded } from "./answers.ts";
import { notAtThisMachine, type Surroundings } from "./at-this-machine.ts";
import { BEGUN_COOKIE, cookieOf, setCookie } from "./cookies.ts";
import { exchange } from "./exchange.ts";
import { formOf } from "./form.ts";
import { Notes } from "./notes.ts";
import { OwnForm } from "./own-form.ts";
import { commandPage, failedPage, type Places, startPage, waitPage } from "./pages.ts";
import { Refused } from "./refused.ts";

export interface SignInParts extends Surroundings {
  signIns: SignIns;
  doorkeeper: Doorkeeper;
  /** Null: none is configured. */
  github: Github | null;
  cipher: Cipher;
  clock: Clock;
  random: Random;
  log: Log;
  /** Where people reach the server, without a slash at the end; asked late, because a port may be chosen by the system. */
  url: () => string;
  /** What a plugin's configuration says of where the server is. */
  connection: () => { remote: string; ca?: string };
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export function signInPages(app: Express, parts: SignInParts): void {
  const pages = new SignInPages(parts);
  app.get("/auth/cli", pages.handler(pages.start));
  app.post("/auth/cli", pages.handler(pages.begin));
  app.get("/auth/cli/callback", pages.handler(pages.callback));
  app.post("/auth/cli/exchange", exchange(parts));
}

class SignInPages {
  readonly #parts: SignInParts;
  readonly #form: OwnForm;
  readonly #begun: Notes<Begun>;

  constructor(parts: SignInParts) {
    this.#parts = parts;
    this.#form = new OwnForm(parts);
    this.#begun = new Notes(parts, "github", z.object({ state: z.string(), verifier: z.string() }));
  }

  handler(handle: Handler): Handler {
    return async (request, response) => {
      try {
        this.#parts.doorkeeper.signIn(clientAddress(request, this.#parts.trustProxy));
        await handle.call(this, request, response);
      } catch (error) {
        this.#failed(error, request, response);
      }
    };
  }

  async start(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { github } = this.#parts;
    const { signIn } = this.#places;
    if (github === null) {
      await this.#requireHere(request);
      // `localhost` and `127.0.0.1` are two origins.
      if (request.headers.host !== new URL(signIn).host) return answerSeeOther(response, signIn);
    }
    const { word, cookie } = this.#form.issue(request, signIn);
    response.setHeader("Set-Cookie", cookie);
    const text = startPage(this.#places, github === null ? "here" : "github", word);
    // Browsers hold a form to where each answer on its way leads, and GitHub may send people on to their own company's sign-in.
    this.#show(response, 200, text, github === null ? [] : [new URL(github.origin).protocol]);
  }

  async begin(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { github, signIns } = this.#parts;
    const { signIn } = this.#places;
    if (github === null) await this.#requireHere(request);
    const notOurs = this.#form.notOurs(request, await formOf(request, response), signIn);
    if (notOurs !== null) throw new Refused(notOurs);
    if (github === null) {
      this.#show(response, 200, commandPage(this.#places, null, await signIns.ofServer()));
    } else {
      const { url, ...begun } = await github.begin();
      response.setHeader("Set-Cookie", setCookie(BEGUN_COOKIE, this.#begun.seal(begun), signIn));
      answerSeeOther(response, url);
    }
  }

  async callback(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { github, signIns, log } = this.#parts;
    // Whatever comes of it, it is good for one try.
    response.setHeader("Set-Cookie", setCookie(BEGUN_COOKIE, "", this.#places.signIn));
    if (github === null) throw new Refused("no_github");
    const begun = this.#begun.open(cookieOf(request, BEGUN_COOKIE));
    if (begun === null) throw new Refused("not_begun");
    const query = /\?([^#]*)/.exec(request.url ?? "")?.[1] ?? "";
    const found = await github.identify(new URLSearchParams(query), begun);
    if (found.kind === "refused") throw new Refused(found.reason, found.detail);
    const code = await signIns.ofIdentity(found);
    log.info({ identity: found.identity, login: found.label }, "somebody has signed in");
    this.#show(response, 200, commandPage(this.#places, found.label, code));
  }

  #failed(error: unknown, request: IncomingMessage, response: ServerResponse): void {
    const { log, trustProxy, random } = this.#parts;
    secluded(response);
    if (error instanceof TooOften) {
      response.setHeader("Retry-After", String(error.retryAfterSeconds));
      this.#show(response, 429, waitPage(this.#places, error.retryAfterSeconds));
    } else if (error instanceof Refused) {
      const attempt = randomText(random, 8);
      const { message: reason, detail } = error;
      const why = detail === undefined ? { reason } : { reason, detail };
      log.warn({ attempt, ...why, from: clientAddress(request, trustProxy) }, "a sign-in was refused");
      this.#show(response, 403, failedPage(this.#places, attempt));
    } else {
      answerError(log, error, request, response);
    }
  }

  async #requireHere(request: IncomingMessage): Promise<void> {
    const why = await notAtThisMachine(request, this.#parts);
    if (why !== null) throw new Refused(why);
  }

  #show(response: ServerResponse, status: number, text: string, formsTo: readonly string[] = []): void {
    answerPage(response, status, text, [new URL(this.#places.signIn).origin, ...formsTo]);
  }

  /** W1. */
  get #places(): Places {
    const server = this.#parts.url();
    const signIn = `${server}/auth/cli`;
    return { server, signIn, exchange: `${signIn}/exchange` };
  }
}

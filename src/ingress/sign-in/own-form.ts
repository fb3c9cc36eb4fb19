/**
 * Whether a form was sent by our own page: no other page may begin a sign-in in somebody's name. The browser says whose page it was; and
 * the form brings a word that only who could read the page knows, and that fits to a cookie which other sites' forms don't send.
 */
import type { IncomingMessage } from "node:http";
import { z } from "zod";
import type { Random } from "../../domain/ports/random.ts";
import { cookieOf, FORM_COOKIE, setCookie } from "./cookies.ts";
import { Notes } from "./notes.ts";

/** For the log. */
export type NotOurs = "other_origin" | "no_form_token";

const NONCE = /^[A-Za-z0-9_-]{22}$/;

export class OwnForm {
  readonly #notes: Notes<string>;
  readonly #random: Random;

  constructor(parts: ConstructorParameters<typeof Notes>[0] & { random: Random }) {
    this.#notes = new Notes(parts, "form", z.string());
    this.#random = parts.random;
  }

  /** What the form has to bring, and the cookie; a page in another tab goes on being good. */
  issue(request: IncomingMessage, url: string): { word: string; cookie: string } {
    const known = cookieOf(request, FORM_COOKIE) ?? "";
    const nonce = NONCE.test(known) ? known : Buffer.from(this.#random.bytes(16)).toString("base64url");
    return { word: this.#notes.seal(nonce), cookie: setCookie(FORM_COOKIE, nonce, url) };
  }

  /** Null: it was. */
  notOurs(request: IncomingMessage, form: URLSearchParams, url: string): NotOurs | null {
    const { origin, "sec-fetch-site": site = "same-origin" } = request.headers;
    if (origin !== new URL(url).origin || site !== "same-origin") return "other_origin";
    const nonce = this.#notes.open(form.get("form") ?? undefined);
    return nonce !== null && nonce === cookieOf(request, FORM_COOKIE) ? null : "no_form_token";
  }
}

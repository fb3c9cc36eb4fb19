/** Cookies of the sign-in's pages: of no use to scripts, to other paths, or for longer than a sign-in takes. */
import type { IncomingMessage } from "node:http";
import { NOTE_MS } from "./notes.ts";

export interface Cookie {
  name: string;
  /** `Strict`: only with requests that our own pages make. `Lax`: also when GitHub sends the browser back. */
  sameSite: "Strict" | "Lax";
}

export const FORM_COOKIE: Cookie = { name: "signalbox-form", sameSite: "Strict" };
export const BEGUN_COOKIE: Cookie = { name: "signalbox-sign-in", sameSite: "Lax" };

/** The first of that name. */
export function cookieOf({ headers }: IncomingMessage, { name }: Cookie): string | undefined {
  for (const pair of (headers.cookie ?? "").split(";")) {
    const [key = "", ...value] = pair.split("=");
    if (key.trim() === name) return value.join("=").trim();
  }
  return undefined;
}

/** `url`: of the pages. An empty value takes the cookie away. */
export function setCookie({ name, sameSite }: Cookie, value: string, url: string): string {
  const { protocol, pathname } = new URL(url);
  const maxAge = value === "" ? 0 : NOTE_MS / 1000;
  const secure = protocol === "https:" ? "; Secure" : "";
  return `${name}=${value}; Path=${pathname}; Max-Age=${maxAge}; HttpOnly; SameSite=${sameSite}${secure}`;
}

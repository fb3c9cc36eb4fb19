/** How the sign-in answers: never kept by anybody, never shown inside of another page, and without a word to where it leads. */
import type { ServerResponse } from "node:http";
import { answerText } from "../http-status.ts";
import { STYLE_HASH } from "./look.ts";

/** `formsTo`: origins, or schemes, that a form of the page may lead to. */
export function answerPage(
  response: ServerResponse,
  status: number,
  text: string,
  formsTo: readonly string[],
): void {
  secluded(response);
  response.setHeader(
    "Content-Security-Policy",
    `default-src 'none'; style-src '${STYLE_HASH}'; form-action ${formsTo.join(" ")}; base-uri 'none'; frame-ancestors 'none'`,
  );
  answerText(response, status, "text/html; charset=utf-8", text);
}

export function answerSeeOther(response: ServerResponse, url: string): void {
  secluded(response);
  response.writeHead(303, { Location: url, "Content-Length": 0 }).end();
}

export function secluded(response: ServerResponse): void {
  response.setHeader("Cache-Control", "no-store");
  response.setHeader("X-Content-Type-Options", "nosniff");
  response.setHeader("X-Frame-Options", "DENY");
  // Not `no-referrer`: with it a browser would not say whose form it sends, also to ourselves.
  response.setHeader("Referrer-Policy", "same-origin");
  response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
  response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
}

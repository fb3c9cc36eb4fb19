/** The simplest proof: the secret itself, in a header. It is worth as much as the TLS that it comes over. */
import { createHash, timingSafeEqual } from "node:crypto";
import { header as headerOf } from "../payload.ts";
import { mismatch, missing } from "./refusals.ts";
import type { Scheme } from "./scheme.ts";

export interface Token {
  provider: string;
  /** Its name as the provider writes it. */
  header: string;
  /** The secret in the header's value; undefined: there is none. */
  read?(text: string): string | undefined;
  write?(secret: string): string;
}

export function token(way: Token): Pick<Scheme, "verify" | "sign"> {
  const { provider, header, read = (text) => text, write = (secret) => secret } = way;
  return {
    verify({ headers }, { secrets }) {
      const text = headerOf(headers, header);
      if (text === undefined) return missing(header, provider);
      const secret = whichIs(read(text), secrets);
      return secret === undefined ? mismatch(header, provider) : { kind: "verified", secret };
    },
    sign: (_, secret) => ({ [header.toLowerCase()]: write(secret) }),
  };
}

/** Which of the secrets the text is. Digests are compared, all of them, so that the time tells neither which nor how long it is. */
function whichIs(text: string | undefined, secrets: readonly string[]): number | undefined {
  const given = digest(text ?? "");
  let found: number | undefined;
  for (const [at, secret] of secrets.entries()) {
    if (timingSafeEqual(given, digest(secret)) && text !== undefined) found ??= at;
  }
  return found;
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Whose a stream is, by the token that it was opened with. */
import { createHash } from "node:crypto";
import type { Token } from "../../src/domain/account.ts";
import type { WireSeen } from "./network/wire-seen.ts";

const known = new WeakMap<WireSeen, string>();

/** Empty: nobody's. */
export function accountOf(wire: WireSeen, tokens: ReadonlyMap<string, Token>): string {
  const before = known.get(wire);
  if (before !== undefined) return before;
  const account = tokenOf(wire, tokens)?.account ?? "";
  known.set(wire, account);
  return account;
}

export function tokenOf({ token: secret }: WireSeen, tokens: ReadonlyMap<string, Token>): Token | undefined {
  const hash = createHash("sha256")
    .update(secret ?? "")
    .digest("hex");
  return [...tokens.values()].find((token) => token.hash === hash);
}

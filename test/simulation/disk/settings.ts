/** Accounts, tokens and sources of a simulated store, with what must be unique among them (promises 6, 9, 10). */
import type { Account, SignInCode, Token } from "../../../src/domain/account.ts";
import { SignalboxError } from "../../../src/domain/errors.ts";
import { isPlain, type LaneSettings } from "../../../src/domain/lane-settings.ts";
import type { Source } from "../../../src/domain/source.ts";
import { plain } from "./plain.ts";
import type { Rows } from "./rows.ts";

export function putSource({ sources }: Rows, source: Source): "stored" | "conflict" {
  const before = sources.get(source.id);
  if (before !== undefined && before.account !== source.account) return "conflict";
  for (const { id, account, slug } of sources.values()) {
    if (id !== source.id && account === source.account && slug === source.slug) return "conflict";
  }
  sources.set(source.id, plain({ ...source, heardAt: before?.heardAt ?? source.heardAt }));
  return "stored";
}

export function sourceAt({ accounts, sources }: Rows, profileId: string, slug: string): Source | null {
  const owner = [...accounts.values()].find((account) => account.profileId === profileId);
  const found = [...sources.values()].find((one) => one.account === owner?.id && one.slug === slug);
  return owner === undefined || found === undefined ? null : found;
}

export const sourcesOf = ({ sources }: Rows, account: string): Source[] =>
  [...sources.values()]
    .filter((source) => source.account === account)
    .sort((a, b) => (a.slug < b.slug ? -1 : 1));

export const sealedSecrets = ({ sources }: Rows): string[] =>
  [...sources.values()].flatMap(({ secrets }) => secrets);

export function noteHeard({ sources }: Rows, id: string, at: number): void {
  const source = sources.get(id);
  if (source !== undefined) sources.set(id, plain({ ...source, heardAt: source.heardAt ?? at }));
}

export function removeSource({ sources, omittedBytes }: Rows, account: string, id: string): boolean {
  if (sources.get(id)?.account !== account) return false;
  omittedBytes.delete(id);
  return sources.delete(id);
}

export function putLane(rows: Rows, settings: LaneSettings): void {
  const { lanes } = rows;
  rows.changes += 1;
  const key = `${settings.account} ${settings.lane}`;
  if (isPlain(settings)) lanes.delete(key);
  else lanes.set(key, plain(settings));
}

export function laneOf({ lanes }: Rows, account: string, lane: string): LaneSettings | null {
  const found = lanes.get(`${account} ${lane}`);
  return found ?? null;
}

export const lanesOf = ({ lanes }: Rows, account: string): LaneSettings[] =>
  [...lanes.values()].filter((one) => one.account === account).sort((a, b) => (a.lane < b.lane ? -1 : 1));

export function putAccount({ accounts }: Rows, account: Account): void {
  for (const { id, profileId, identity } of accounts.values()) {
    const same = profileId === account.profileId || (identity !== null && identity === account.identity);
    if (id !== account.id && same) throw taken("account", account.id);
  }
  accounts.set(account.id, plain(account));
}

export function accountLike({ accounts }: Rows, is: (account: Account) => boolean): Account | null {
  return [...accounts.values()].find(is) ?? null;
}

export function putSignInCode(
  { codes }: Rows,
  code: SignInCode,
  { now, most }: { now: number; most: number },
): void {
  for (const { hash, expiresAt } of codes.values()) if (expiresAt <= now) codes.delete(hash);
  const own = [...codes.values()].filter(({ account }) => account === code.account);
  own.sort((a, b) => b.createdAt - a.createdAt || (a.hash < b.hash ? -1 : 1));
  for (const { hash } of own.slice(most - 1)) codes.delete(hash);
  codes.set(code.hash, plain(code));
}

export function removeSignInCodes({ codes }: Rows, account: string): void {
  for (const code of codes.values()) if (code.account === account) codes.delete(code.hash);
}

export function takeSignInCode({ codes }: Rows, hash: string): SignInCode | null {
  const found = codes.get(hash) ?? null;
  codes.delete(hash);
  return found;
}

export function putToken({ tokens }: Rows, token: Token): void {
  for (const { id, hash, account } of tokens.values()) {
    const foreign = id === token.id && account !== token.account;
    if (foreign || (id !== token.id && hash === token.hash)) throw taken("token", token.id);
  }
  tokens.set(token.id, plain(token));
}

export function tokenByHash({ tokens }: Rows, hash: string): Token | null {
  return [...tokens.values()].find((token) => token.hash === hash) ?? null;
}

export function changeToken({ tokens }: Rows, token: Token): boolean {
  if (tokens.get(token.id)?.account !== token.account) return false;
  tokens.set(token.id, plain(token));
  return true;
}

export const tokensOf = ({ tokens }: Rows, account: string): Token[] =>
  [...tokens.values()]
    .filter((token) => token.account === account)
    .sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));

export const removeToken = ({ tokens }: Rows, account: string, id: string): boolean =>
  tokens.get(id)?.account === account && tokens.delete(id);

const taken = (kind: string, id: string) =>
  new SignalboxError(
    "conflict",
    `${kind}_taken`,
    `the ${kind} ${id} has what belongs to another`,
    "Draw its random parts anew and try again",
  );

import { expect } from "vitest";
import type { Check } from "../contract.ts";
import { ACCOUNT, AT, OTHER_ACCOUNT } from "../records.ts";
import { newAccount, newSignInCode, newToken } from "../settings.ts";

const KEPT = { now: AT, most: 3 };

export function accountsAndTokens(check: Check): void {
  check("accounts are listed as they were put, each once", async ({ store }) => {
    const [mine, theirs] = [newAccount(ACCOUNT), newAccount(OTHER_ACCOUNT)];
    await store.putAccount(mine);
    await store.putAccount(theirs);
    await store.putAccount({ ...mine, label: "renamed" });
    const all = await store.accounts();
    expect(all).toHaveLength(2);
    expect(all).toEqual(expect.arrayContaining([{ ...mine, label: "renamed" }, theirs]));
  });

  check("a profile id belongs to one account", async ({ store }) => {
    await store.putAccount(newAccount(ACCOUNT));
    const taken = { ...newAccount(OTHER_ACCOUNT), profileId: newAccount(ACCOUNT).profileId };
    await expect(store.putAccount(taken)).rejects.toMatchObject({ kind: "conflict", code: "account_taken" });
    expect(await store.accounts()).toEqual([newAccount(ACCOUNT)]);
  });

  check("an account is found by its id, and by whose it is", async ({ store }) => {
    const mine = { ...newAccount(ACCOUNT), identity: "github.com:1" };
    const local = newAccount(OTHER_ACCOUNT);
    for (const account of [mine, local]) await store.putAccount(account);
    expect(await store.account(ACCOUNT)).toEqual(mine);
    expect(await store.account(OTHER_ACCOUNT)).toEqual(local);
    expect(await store.account("acc_0000000000000000000000000c")).toBeNull();
    expect(await store.accountByIdentity("github.com:1")).toEqual(mine);
    expect(await store.accountByIdentity("github.com:11")).toBeNull();
  });

  check("an identity belongs to one account; having none is no identity", async ({ store }) => {
    await store.putAccount({ ...newAccount(ACCOUNT), identity: "github.com:1" });
    const second = { ...newAccount(OTHER_ACCOUNT), identity: "github.com:1" };
    await expect(store.putAccount(second)).rejects.toMatchObject({ kind: "conflict", code: "account_taken" });
    await store.putAccount({ ...second, identity: null });
    await store.putAccount({ ...newAccount("acc_0000000000000000000000000c"), identity: null });
    expect(await store.accounts()).toHaveLength(3);
  });

  check("a code is given once, also where many ask for it at the same time", async ({ store }) => {
    const code = newSignInCode();
    await store.putSignInCode(code, KEPT);
    expect(await store.takeSignInCode("b".repeat(64))).toBeNull();
    const given = await Promise.all([1, 2, 3].map(() => store.takeSignInCode(code.hash)));
    expect(given.filter((one) => one !== null)).toEqual([code]);
    expect(await store.takeSignInCode(code.hash)).toBeNull();
  });

  check("codes that have expired are forgotten when the next one comes", async ({ store }) => {
    const theirs = newSignInCode({ account: OTHER_ACCOUNT, expiresAt: AT + 1 });
    const later = newSignInCode({ hash: "b".repeat(64), expiresAt: AT + 2 });
    await store.putSignInCode(theirs, KEPT);
    await store.putSignInCode(later, KEPT);
    await store.putSignInCode(newSignInCode({ hash: "c".repeat(64) }), { ...KEPT, now: AT + 1 });
    expect(await store.takeSignInCode(theirs.hash)).toBeNull();
    expect(await store.takeSignInCode(later.hash)).toEqual(later);
  });

  check("an account has its newest codes, and no more than are kept", async ({ store }) => {
    const nth = (n: number) => newSignInCode({ hash: String(n).repeat(64), createdAt: AT + n });
    const theirs = newSignInCode({ hash: "f".repeat(64), account: OTHER_ACCOUNT, createdAt: AT - 9 });
    await store.putSignInCode(theirs, KEPT);
    for (const n of [1, 2, 3, 4, 5]) await store.putSignInCode(nth(n), KEPT);
    const given = await Promise.all([1, 2, 3, 4, 5].map((n) => store.takeSignInCode(nth(n).hash)));
    expect(given).toEqual([null, null, nth(3), nth(4), nth(5)]);
    expect(await store.takeSignInCode(theirs.hash)).toEqual(theirs);
  });

  check("all codes of an account are forgotten at once, and nobody else's", async ({ store }) => {
    const theirs = newSignInCode({ hash: "f".repeat(64), account: OTHER_ACCOUNT });
    const mine = [newSignInCode(), newSignInCode({ hash: "b".repeat(64) })];
    for (const code of [theirs, ...mine]) await store.putSignInCode(code, KEPT);
    await store.removeSignInCodes(ACCOUNT);
    for (const { hash } of mine) expect(await store.takeSignInCode(hash)).toBeNull();
    expect(await store.takeSignInCode(theirs.hash)).toEqual(theirs);
  });

  check("a token is found by its hash, as it was", async ({ store }) => {
    const everywhere = newToken();
    const bound = newToken({
      hash: "b".repeat(64),
      role: "admin",
      tags: ["deploys", "docs"],
      lastSeenAt: AT + 1,
    });
    await store.putToken(everywhere);
    await store.putToken(bound);
    expect(await store.tokenByHash(everywhere.hash)).toEqual(everywhere);
    expect(await store.tokenByHash(bound.hash)).toEqual(bound);
    expect(await store.tokenByHash("c".repeat(64))).toBeNull();
  });

  check("a token is changed by its id", async ({ store }) => {
    const token = newToken();
    await store.putToken(token);
    await store.putToken({ ...token, lastSeenAt: AT + 5 });
    expect(await store.tokenByHash(token.hash)).toEqual({ ...token, lastSeenAt: AT + 5 });
  });

  check("a hash belongs to one token", async ({ store }) => {
    const token = newToken();
    await store.putToken(token);
    const second = newToken({ label: "second" });
    await expect(store.putToken(second)).rejects.toMatchObject({ kind: "conflict", code: "token_taken" });
    expect(await store.tokenByHash(token.hash)).toEqual(token);
  });

  check("the tokens of an account are listed, the oldest first", async ({ store }) => {
    const second = newToken({ hash: "b".repeat(64), createdAt: AT + 1, replaces: "tok_before" });
    const first = newToken();
    const theirs = newToken({ account: OTHER_ACCOUNT, hash: "c".repeat(64) });
    for (const token of [second, first, theirs]) await store.putToken(token);
    expect(await store.tokens(ACCOUNT)).toEqual([first, second]);
    expect(await store.tokens(OTHER_ACCOUNT)).toEqual([theirs]);
  });

  check("a token that was removed is not brought back by a change", async ({ store }) => {
    const token = newToken();
    await store.putToken(token);
    expect(await store.changeToken({ ...token, lastSeenAt: AT + 5 })).toBe(true);
    expect(await store.tokenByHash(token.hash)).toEqual({ ...token, lastSeenAt: AT + 5 });
    expect(await store.removeToken(ACCOUNT, token.id)).toBe(true);
    expect(await store.removeToken(ACCOUNT, token.id)).toBe(false);
    expect(await store.changeToken({ ...token, lastSeenAt: AT + 9 })).toBe(false);
    expect(await store.tokenByHash(token.hash)).toBeNull();
  });

  check("a token is neither changed nor removed from another account", async ({ store }) => {
    const token = newToken();
    await store.putToken(token);
    expect(await store.changeToken({ ...token, account: OTHER_ACCOUNT, label: "theirs" })).toBe(false);
    expect(await store.removeToken(OTHER_ACCOUNT, token.id)).toBe(false);
    expect(await store.tokens(ACCOUNT)).toEqual([token]);
  });

  check("the server's pulse is what was noted last; null on a new store", async ({ store }) => {
    expect(await store.aliveAt()).toBeNull();
    await store.noteAlive(AT);
    expect(await store.aliveAt()).toBe(AT);
    await Promise.all([store.noteAlive(AT + 1), store.noteAlive(AT + 2)]);
    expect(await store.aliveAt()).toBe(AT + 2);
  });
}

import { expect } from "vitest";
import type { Check } from "../contract.ts";
import { ACCOUNT, AT, OTHER_ACCOUNT } from "../records.ts";
import { newAccount, newToken } from "../settings.ts";

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

  check("the server's pulse is what was noted last; null on a new store", async ({ store }) => {
    expect(await store.aliveAt()).toBeNull();
    await store.noteAlive(AT);
    expect(await store.aliveAt()).toBe(AT);
    await Promise.all([store.noteAlive(AT + 1), store.noteAlive(AT + 2)]);
    expect(await store.aliveAt()).toBe(AT + 2);
  });
}

/** What a sign-in ends with: a code that is good for one token, once, for five minutes. */
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Store } from "../../src/domain/ports/store.ts";
import { CODE_MS } from "../../src/services/sign-ins.ts";
import { temporaryFolder } from "../config/temporary-folder.ts";
import { Box } from "../world/box.ts";

const octocat = { identity: "github.com:583231", label: "octocat" };
const REFUSED = { kind: "unauthenticated", code: "sign_in_failed", message: "the code is not accepted" };

const outcome = (asked: Promise<unknown>) =>
  asked.then(
    () => "a token",
    (error: { code?: string }) => error.code,
  );

test("a code is exchanged for a labelled token of its account, which lets in", async () => {
  const { box, store } = await Box.start();
  const { account, token, secret } = await box.signIns.exchange(await box.signIns.ofIdentity(octocat));
  expect(account).toMatchObject({ identity: "github.com:583231", label: "octocat" });
  expect(account.id).not.toBe(box.account.id);
  expect(token).toMatchObject({
    account: account.id,
    label: "sign-in of octocat",
    role: "session",
    tags: null,
  });
  expect((await box.tokens.authenticate(secret)).id).toBe(token.id);
  expect(await store.tokens(box.account.id)).toEqual([]);
});

test("until its code is exchanged a sign-in leaves no token behind", async () => {
  const { box, store } = await Box.start();
  await box.signIns.ofServer();
  expect(await store.tokens(box.account.id)).toEqual([]);
});

test("of many who show one code at once, one gets a token", async () => {
  const { box, store } = await Box.start();
  const code = await box.signIns.ofServer();
  const outcomes = await Promise.all([1, 2, 3, 4].map(() => outcome(box.signIns.exchange(code))));
  expect(outcomes.sort()).toEqual(["a token", "sign_in_failed", "sign_in_failed", "sign_in_failed"]);
  expect(await store.tokens(box.account.id)).toHaveLength(1);
});

test("used, expired, unknown and garbled codes get one and the same answer", async () => {
  const { box, clock } = await Box.start();
  const used = await box.signIns.ofServer();
  await box.signIns.exchange(used);
  const expired = await box.signIns.ofServer();
  await clock.pass(CODE_MS);
  const late = await box.signIns.ofServer();
  await clock.pass(CODE_MS - 1);
  for (const code of [used, expired, `once_${"a".repeat(24)}`, "", "once_", `${late}x`, late.toUpperCase()]) {
    await expect(box.signIns.exchange(code)).rejects.toMatchObject(REFUSED);
  }
  expect(await outcome(box.signIns.exchange(late))).toBe("a token");
});

test("an account has ten codes at most: the oldest goes", async () => {
  const { box, clock } = await Box.start();
  const codes: string[] = [];
  for (let n = 0; n < 11; n++) {
    codes.push(await box.signIns.ofServer());
    await clock.pass(1);
  }
  const outcomes = await Promise.all(codes.map((code) => outcome(box.signIns.exchange(code))));
  expect(outcomes).toEqual(["sign_in_failed", ...Array.from({ length: 10 }, () => "a token")]);
});

test("a code outlives a restart, and a crash between its end and its token costs a second sign-in alone", async () => {
  const path = join(await temporaryFolder(), "box.db");
  const first = await Box.start({ path });
  const [kept, lost] = [await first.box.signIns.ofServer(), await first.box.signIns.ofServer()];
  await first.kill();

  const wrap = (store: Store): Store => ({ ...store, putToken: () => Promise.reject(new Error("killed")) });
  const second = await Box.start({ path, wrap });
  await expect(second.box.signIns.exchange(lost)).rejects.toThrow("killed");
  await second.kill();

  const third = await Box.start({ path });
  expect(await outcome(third.box.signIns.exchange(lost))).toBe("sign_in_failed");
  expect(await outcome(third.box.signIns.exchange(kept))).toBe("a token");
  expect(await third.store.tokens(third.box.account.id)).toHaveLength(1);
});

test("who signs in is known by his number: another name is the same account, his old name another's", async () => {
  const { box, store } = await Box.start();
  const of = async (identity: string, label: string) =>
    (await box.signIns.exchange(await box.signIns.ofIdentity({ identity, label }))).account;
  const before = await of("github.com:1", "ann");
  const renamed = await of("github.com:1", "anna");
  const other = await of("github.com:2", "ann");
  const elsewhere = await of("ghe.example.com:1", "ann");
  expect(renamed).toEqual({ ...before, label: "anna" });
  expect(new Set([before.id, other.id, elsewhere.id, box.account.id]).size).toBe(4);
  expect(await store.accounts()).toHaveLength(4);
});

test("two first sign-ins of one person at once make one account", async () => {
  const { box, store } = await Box.start();
  const codes = await Promise.all([1, 2, 3].map(() => box.signIns.ofIdentity(octocat)));
  const made = await Promise.all(codes.map((code) => box.signIns.exchange(code)));
  expect(new Set(made.map(({ account }) => account.id)).size).toBe(1);
  expect(await store.accounts()).toHaveLength(2);
});

test("somebody who is called local at GitHub is not the server's own account", async () => {
  const path = join(await temporaryFolder(), "box.db");
  const first = await Box.start({ path });
  const own = first.box.account;
  const guest = { identity: "github.com:7", label: "local" };
  const { account } = await first.box.signIns.exchange(await first.box.signIns.ofIdentity(guest));
  await first.store.putAccount({ ...account, createdAt: 0 });
  await first.kill();
  const again = await Box.start({ path });
  expect(again.box.account.id).toBe(own.id);
  expect(again.box.firstStart).toBe(false);
});

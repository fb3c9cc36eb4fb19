/** Connection tokens: rotated without a moment in which nobody is let in, revoked at once, and told to nobody. */
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Store } from "../../src/domain/ports/store.ts";
import type { TokenHolder } from "../../src/services/token-holders.ts";
import { temporaryFolder } from "../config/temporary-folder.ts";
import { Box, MINUTE } from "../world/box.ts";

const issue = ({ box }: Box, label = "laptop", tags: string[] = []) =>
  box.tokens.issue(box.account.id, label, "session", tags);

const lets = ({ box }: Box, secret: string) =>
  box.tokens.authenticate(secret).then(
    () => true,
    () => false,
  );

const REFUSED = {
  kind: "unauthenticated",
  code: "unauthenticated",
  message: "the connection token is not accepted here",
};

test("no token, an unknown and a revoked one get one and the same answer", async () => {
  const box = await Box.start();
  const { token, secret } = await issue(box);
  const { token: asker } = await issue(box, "other");
  await box.box.tokens.revoke(asker, token.id);
  for (const each of [null, "", "cbt_unknown", secret]) {
    await expect(box.box.tokens.authenticate(each)).rejects.toMatchObject(REFUSED);
  }
});

test("the old token is good until the new one is used, and never after that", async () => {
  const box = await Box.start();
  const old = await issue(box);
  const made = await box.box.tokens.rotate(old.token, "", null);
  expect(made.token).toMatchObject({ label: "laptop", replaces: old.token.id });
  expect(await lets(box, old.secret)).toBe(true);
  expect(await lets(box, made.secret)).toBe(true);
  expect(await lets(box, old.secret)).toBe(false);
  expect(await lets(box, made.secret)).toBe(true);
});

test("a server that dies between the steps of a rotation locks nobody out", async () => {
  const path = join(await temporaryFolder(), "box.db");
  const first = await Box.start({ path });
  const old = await issue(first);
  const made = await first.box.tokens.rotate(old.token, "", null);
  await first.kill();

  // Its disk takes the removal of the old token, and nothing more.
  let full = true;
  const wrap = (store: Store): Store => ({
    ...store,
    changeToken: (token) => (full ? Promise.reject(new Error("the disk is full")) : store.changeToken(token)),
  });
  const second = await Box.start({ path, wrap });
  expect(await lets(second, old.secret)).toBe(true);
  expect(await lets(second, made.secret)).toBe(true);
  full = false;
  expect(await lets(second, made.secret)).toBe(true);
  expect(await lets(second, old.secret)).toBe(false);
  const [only, ...more] = await second.box.tokens.list(made.token);
  expect(more).toEqual([]);
  expect(only?.token).toMatchObject({ id: made.token.id, replaces: null });
  await second.kill();
});

test("two that rotate the same token at once are both let in with what they were given", async () => {
  const box = await Box.start();
  const old = await issue(box);
  const [one, two] = await Promise.all([
    box.box.tokens.rotate(old.token, "", null),
    box.box.tokens.rotate(old.token, "", null),
  ]);
  for (const { secret } of [one, two, one]) expect(await lets(box, secret)).toBe(true);
  expect(await lets(box, old.secret)).toBe(false);
});

test("with a token goes what was to take its place and was never used", async () => {
  const box = await Box.start();
  const [old, owner] = [await issue(box), await issue(box, "owner")];
  const made = await box.box.tokens.rotate(old.token, "", null);
  await box.box.tokens.revoke(owner.token, old.token.id);
  expect(await lets(box, made.secret)).toBe(false);
});

test("a token that is seen in the moment of its revocation stays revoked", async () => {
  let held = Promise.resolve();
  const wrap = (store: Store): Store => ({
    ...store,
    changeToken: async (token) => {
      await held;
      return store.changeToken(token);
    },
  });
  const box = await Box.start({ wrap });
  const [mine, owner] = [await issue(box), await issue(box, "owner")];
  const gate = Promise.withResolvers<void>();
  held = gate.promise;
  const seen = box.box.tokens.authenticate(mine.secret);
  await box.box.tokens.revoke(owner.token, mine.token.id);
  gate.resolve();
  await seen;
  expect(await lets(box, mine.secret)).toBe(false);
});

test("a token that is rotated in the moment of its revocation leaves none that lets anybody in", async () => {
  let held = Promise.resolve();
  const wrap = (store: Store): Store => ({
    ...store,
    putToken: async (token) => {
      await held;
      return store.putToken(token);
    },
    removeToken: async (account, id) => {
      await held;
      return store.removeToken(account, id);
    },
  });
  const box = await Box.start({ wrap });
  const [mine, owner] = [await issue(box), await issue(box, "owner")];
  for (const revokesFirst of [true, false]) {
    const old = await issue(box, "stolen");
    const gate = Promise.withResolvers<void>();
    held = gate.promise;
    const rotate = () => box.box.tokens.rotate(old.token, "", null).catch(() => null);
    const revoke = () => box.box.tokens.revoke(owner.token, old.token.id);
    const rotatedFirst = revokesFirst ? null : rotate();
    const revoked = revoke();
    const rotating = rotatedFirst ?? rotate();
    gate.resolve();
    const rotated = await rotating;
    await revoked;
    expect(rotated === null ? false : await lets(box, rotated.secret)).toBe(false);
  }
  const left = await box.box.tokens.list(owner.token);
  expect(left.map(({ token }) => token.id).sort()).toEqual([mine.token.id, owner.token.id].sort());
});

test("what is let in while its token is revoked is told so", async () => {
  const found = Promise.withResolvers<void>();
  const wrap = (store: Store): Store => ({
    ...store,
    tokenByHash: async (hash) => {
      const token = await store.tokenByHash(hash);
      await found.promise;
      return token;
    },
  });
  const box = await Box.start({ wrap });
  const [mine, owner] = [await issue(box), await issue(box, "owner")];
  let revoked = 0;
  const holder = { isOf: () => false, revoked: () => void revoked++, replaced() {} };
  const entering = box.box.tokens.hold(mine.secret, holder);
  expect(await box.box.tokens.revoke(owner.token, mine.token.id)).toMatchObject({ links: 1 });
  found.resolve();
  await entering;
  expect(revoked).toBe(1);
});

/** A store whose writes of tokens may fail, with their effect or without: nobody knows then what became of them. */
function failing(): { wrap: (store: Store) => Store; fails: { remove: boolean; change: boolean } } {
  const fails = { remove: false, change: false };
  const lost = () => Promise.reject(new Error("the disk fails"));
  const wrap = (store: Store): Store => ({
    ...store,
    removeToken: async (account, id) => {
      const removed = await store.removeToken(account, id);
      return fails.remove ? lost() : removed;
    },
    changeToken: (token) => (fails.change ? lost() : store.changeToken(token)),
  });
  return { wrap, fails };
}

function holder(): TokenHolder & { told: string[] } {
  const told: string[] = [];
  return {
    told,
    isOf: () => false,
    revoked: () => void told.push("revoked"),
    replaced: () => void told.push("replaced"),
  };
}

test("a revocation of which nobody knows what became is brought to its end by the next try", async () => {
  const { wrap, fails } = failing();
  const box = await Box.start({ wrap });
  const { tokens } = box.box;
  const { token: asker } = await issue(box, "other");
  const { token, secret } = await issue(box);
  const link = holder();
  await tokens.hold(secret, link);
  fails.remove = true;
  await expect(tokens.revoke(asker, token.id)).rejects.toThrow("the disk fails");
  fails.remove = false;
  expect(await tokens.revoke(asker, token.id)).toMatchObject({ token: { id: token.id }, links: 1 });
  expect(link.told).toEqual(["revoked"]);
  await expect(tokens.revoke(asker, token.id)).rejects.toMatchObject({ code: "unknown_token" });
});

test("who revokes a token that is gone takes with him what was left to take its place", async () => {
  const path = join(await temporaryFolder(), "box.db");
  const box = await Box.start({ path });
  const old = await issue(box);
  const made = await box.box.tokens.rotate(old.token, "", null);
  // A server that dies here has removed the one, and not the other.
  await box.store.removeToken(box.box.account.id, old.token.id);
  await box.kill();
  const next = await Box.start({ path });
  const { token: asker } = await issue(next, "other");
  await expect(next.box.tokens.revoke(asker, old.token.id)).rejects.toMatchObject({ code: "unknown_token" });
  expect(await lets(next, made.secret)).toBe(false);
});

test("what a token has let in comes back with the next one, also where the disk has kept only half of the rotation", async () => {
  for (const what of ["remove", "change"] as const) {
    const { wrap, fails } = failing();
    const box = await Box.start({ wrap });
    const old = await issue(box);
    const link = holder();
    await box.box.tokens.hold(old.secret, link);
    const made = await box.box.tokens.rotate(old.token, "", null);
    fails[what] = true;
    expect(await lets(box, made.secret)).toBe(true);
    expect(link.told).toEqual(["replaced"]);
  }
});

test("a token is told with its label and when it was last seen, to the minute", async () => {
  const box = await Box.start();
  const { token, secret } = await issue(box);
  expect(await box.box.tokens.list(token)).toMatchObject([{ token: { label: "laptop", lastSeenAt: null } }]);
  await lets(box, secret);
  const at = box.clock.now();
  await box.clock.pass(MINUTE / 2);
  await lets(box, secret);
  expect(await box.box.tokens.list(token)).toMatchObject([{ token: { lastSeenAt: at } }]);
  await box.clock.pass(MINUTE);
  await lets(box, secret);
  expect(await box.box.tokens.list(token)).toMatchObject([{ token: { lastSeenAt: at + 1.5 * MINUTE } }]);
});

test("one that is bound to tags knows, and revokes, only what reaches no further", async () => {
  const box = await Box.start();
  const everywhere = await issue(box, "everywhere");
  const mine = await issue(box, "mine", ["deploys", "docs"]);
  const part = await issue(box, "part", ["docs"]);
  const other = await issue(box, "other", ["oncall"]);
  const labels = (await box.box.tokens.list(mine.token)).map(({ token }) => token.label);
  expect(labels).toEqual(["mine", "part"]);
  for (const { token } of [everywhere, other]) {
    await expect(box.box.tokens.revoke(mine.token, token.id)).rejects.toMatchObject({
      code: "unknown_token",
    });
  }
  await box.box.tokens.revoke(mine.token, part.token.id);
  expect(await lets(box, part.secret)).toBe(false);
  expect(await lets(box, other.secret)).toBe(true);
});

test("the token of the local commands is neither revoked nor rotated, and an older one is gone with the next", async () => {
  const box = await Box.start();
  const { tokens, account } = box.box;
  const [before, now] = [
    await tokens.issue(account.id, "local commands", "admin", []),
    await tokens.issue(account.id, "local commands", "admin", []),
  ];
  const session = await issue(box);
  await expect(tokens.revoke(session.token, now.token.id)).rejects.toMatchObject({ code: "admin_token" });
  await expect(tokens.rotate(now.token, "", null)).rejects.toMatchObject({ code: "admin_token" });
  await tokens.keepOnlyAdmin(now.token);
  expect(await lets(box, before.secret)).toBe(false);
  expect(await lets(box, now.secret)).toBe(true);
  expect(await lets(box, session.secret)).toBe(true);
});

test("an account has 100 tokens at most; one of them can still be rotated", async () => {
  const box = await Box.start();
  const first = await issue(box);
  for (let i = 1; i < 100; i++) await issue(box);
  await expect(issue(box)).rejects.toMatchObject({ kind: "full", code: "too_many_tokens" });
  const made = await box.box.tokens.rotate(first.token, "", null);
  expect(await lets(box, made.secret)).toBe(true);
  await box.box.tokens.revoke(made.token, made.token.id);
  expect(await issue(box)).toMatchObject({ token: { label: "laptop" } });
});

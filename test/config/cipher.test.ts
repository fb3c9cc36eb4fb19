import * as fc from "fast-check";
import { expect, test } from "vitest";
import { cipherOf } from "../../src/config/cipher.ts";
import { type Keys, readKeys } from "../../src/config/keys.ts";
import { nodeRandom } from "../../src/edges/node-random.ts";
import { character } from "../domain/characters.ts";

/** Keys without a disk. */
const keysOf = (key: string): Promise<Keys> =>
  readKeys({
    dataDir: "/nowhere",
    key,
    random: nodeRandom,
    files: {
      read: async () => null,
      write: async () => {},
      makeFolder: async () => {},
      remove: async () => {},
    },
  });

const keys = await keysOf("1".repeat(64));
const cipher = cipherOf(keys, nodeRandom);
const owner = { account: "acc_1", source: "src_1" };
const text = fc.string({ unit: character, maxLength: 200 });

test("what was sealed opens again for its account and source", () => {
  fc.assert(
    fc.property(text, text, text, (secret, account, source) => {
      const sealed = cipher.seal(secret, { account, source });
      expect(sealed).toMatch(/^v1\.[0-9a-f]{12}\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]+$/);
      expect(cipher.open(sealed, { account, source })).toBe(secret);
    }),
  );
});

test("promise 9: it opens for no other account or source", () => {
  fc.assert(
    fc.property(text, text, text, text, (a, b, c, d) => {
      fc.pre(a !== c || b !== d);
      const sealed = cipher.seal("secret", { account: a, source: b });
      expect(() => cipher.open(sealed, { account: c, source: d })).toThrow(/damaged/);
    }),
  );
});

test("a changed character anywhere opens nothing", () => {
  const sealed = cipher.seal("a webhook secret", owner);
  fc.assert(
    fc.property(fc.nat(sealed.length - 1), fc.constantFrom("A", "b", "0", "-", ".", " "), (at, other) => {
      // The last character of base64url may carry bits that mean nothing.
      fc.pre(sealed[at] !== other && at < sealed.length - 1);
      const changed = sealed.slice(0, at) + other + sealed.slice(at + 1);
      expect(() => cipher.open(changed, owner)).toThrow(/damaged|not here/);
    }),
  );
});

test("the same secret is never sealed to the same text", () => {
  const sealed = new Set(Array.from({ length: 100 }, () => cipher.seal("secret", owner)));
  expect(sealed.size).toBe(100);
});

test("promise 10: with another key the error says what to do, and holds no secret", async () => {
  const other = cipherOf(await keysOf("2".repeat(64)), nodeRandom);
  const sealed = other.seal("hunter2", owner);
  expect(() => cipher.open(sealed, owner)).toThrow(
    expect.objectContaining({
      code: "key_missing",
      cure: expect.stringContaining("SIGNALBOX_KEY"),
      message: expect.not.stringContaining("hunter2"),
    }),
  );
});

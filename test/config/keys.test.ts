import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cipherOf } from "../../src/config/cipher.ts";
import { readKeys } from "../../src/config/keys.ts";
import { nodeFiles } from "../../src/edges/node-files.ts";
import { nodeRandom } from "../../src/edges/node-random.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const read = (dataDir: string, key: string | null = null) =>
  readKeys({ dataDir, key, files: nodeFiles, random: nodeRandom });

const owner = { account: "acc_1", source: "src_1" };

test("the first start makes a key that only its owner can read", async () => {
  const dataDir = await temporaryFolder();
  const keys = await read(dataDir);
  expect(keys.current.bytes).toHaveLength(32);
  expect((await stat(join(dataDir, "keys.json"))).mode & 0o777).toBe(0o600);
});

test("a second start finds the key again and leaves the file as it is", async () => {
  const dataDir = await temporaryFolder();
  const sealed = cipherOf(await read(dataDir), nodeRandom).seal("secret", owner);
  const text = await readFile(join(dataDir, "keys.json"), "utf8");
  expect(cipherOf(await read(dataDir), nodeRandom).open(sealed, owner)).toBe("secret");
  expect(await readFile(join(dataDir, "keys.json"), "utf8")).toBe(text);
});

test("a key of the environment takes the file's place, and makes no file", async () => {
  const dataDir = await temporaryFolder();
  const hex = "ab".repeat(32);
  const keys = await read(dataDir, hex);
  expect(Buffer.from(keys.current.bytes).toString("hex")).toBe(hex);
  expect(await nodeFiles.read(join(dataDir, "keys.json"))).toBeNull();
});

test("base64 and hex of one key are one key", async () => {
  const dataDir = await temporaryFolder();
  const hex = "0f".repeat(32);
  const base64 = Buffer.from(hex, "hex").toString("base64");
  expect((await read(dataDir, base64)).current.id).toBe((await read(dataDir, hex)).current.id);
});

test("what the file's key sealed stays readable under a key of the environment", async () => {
  const dataDir = await temporaryFolder();
  const sealed = cipherOf(await read(dataDir), nodeRandom).seal("old", owner);
  expect(cipherOf(await read(dataDir, "cd".repeat(32)), nodeRandom).open(sealed, owner)).toBe("old");
});

test("a broken keys file is refused, never replaced, and not shown", async () => {
  const dataDir = await temporaryFolder();
  const path = join(dataDir, "keys.json");
  await writeFile(path, '{"version":1,"keys":["hunter2"]}');
  await expect(read(dataDir)).rejects.toMatchObject({
    code: "bad_keys_file",
    message: expect.not.stringContaining("hunter2"),
  });
  expect(await readFile(path, "utf8")).toContain("hunter2");
});

import { stat, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { adminPath, readAdmin, writeAdmin } from "../../src/config/admin-file.ts";
import { nodeFiles } from "../../src/edges/node-files.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const admin = {
  version: 1,
  httpUrl: "http://127.0.0.1:4400",
  grpcUrl: "http://127.0.0.1:4401",
  pid: 42,
  token: "cbt_secret",
} as const;

test("is read as it was written, and only its owner can read it", async () => {
  const dataDir = await temporaryFolder();
  expect(await readAdmin(nodeFiles, dataDir)).toBeNull();
  await writeAdmin(nodeFiles, dataDir, admin);
  expect(await readAdmin(nodeFiles, dataDir)).toEqual(admin);
  expect((await stat(adminPath(dataDir))).mode & 0o777).toBe(0o600);
});

test("promise 10: a broken file is refused without showing its token", async () => {
  const dataDir = await temporaryFolder();
  await writeFile(adminPath(dataDir), '{"token":"cbt_secret"');
  await expect(readAdmin(nodeFiles, dataDir)).rejects.toMatchObject({
    code: "bad_admin_file",
    message: expect.not.stringContaining("cbt_"),
  });
});

import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { nodeFiles } from "../../src/edges/node-files.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

test("a file that is not there reads as null, and removing it is fine", async () => {
  const path = join(await temporaryFolder(), "none");
  expect(await nodeFiles.read(path)).toBeNull();
  await nodeFiles.remove(path);
});

test("a written file is its owner's alone, also where a looser one was", async () => {
  const path = join(await temporaryFolder(), "secret");
  await writeFile(path, "old");
  await chmod(path, 0o644);
  await nodeFiles.write(path, "new");
  expect(await nodeFiles.read(path)).toBe("new");
  expect(await modeOf(path)).toBe(0o600);
});

test("folders are made with their parents, their owner's alone", async () => {
  const folder = await temporaryFolder();
  await nodeFiles.makeFolder(join(folder, "a", "b"));
  await nodeFiles.makeFolder(join(folder, "a", "b"));
  expect(await modeOf(join(folder, "a"))).toBe(0o700);
  expect(await modeOf(join(folder, "a", "b"))).toBe(0o700);
});

test("a reader sees the old text or the new one, never a part", async () => {
  const path = join(await temporaryFolder(), "file");
  const texts = ["a", "b"].map((letter) => letter.repeat(1_000_000));
  await nodeFiles.write(path, texts[0] ?? "");
  let writing = true;
  const writer = (async () => {
    for (let turn = 0; turn < 20; turn++) await nodeFiles.write(path, texts[turn % 2] ?? "");
    writing = false;
  })();
  let reads = 0;
  while (writing) {
    expect(texts.includes(await readFile(path, "utf8"))).toBe(true);
    reads++;
  }
  await writer;
  expect(reads).toBeGreaterThan(0);
});

test("a write that fails leaves nothing behind and says what to do", async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, "taken"));
  await writeFile(join(folder, "taken", "x"), "");
  await expect(nodeFiles.write(join(folder, "taken"), "text")).rejects.toMatchObject({
    code: "file_trouble",
    message: expect.stringContaining(join(folder, "taken")),
  });
  expect(await readdir(folder)).toEqual(["taken"]);
});

test("a symbolic link is replaced, not followed", async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "other"), "theirs");
  await symlink(join(folder, "other"), join(folder, "link"));
  await nodeFiles.write(join(folder, "link"), "mine");
  expect(await readFile(join(folder, "other"), "utf8")).toBe("theirs");
});

test("an unwritable place is one clear line", async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "file"), "");
  const made = nodeFiles.makeFolder(join(folder, "file", "below"));
  await expect(made).rejects.toMatchObject({ line: expect.stringContaining("choose another place.") });
});

test("a folder that can't be made is told at once, also where the system takes none", async () => {
  const path =
    process.platform === "linux" ? "/proc/nope/below" : join(await temporaryFolder(), "file", "below");
  if (process.platform !== "linux") await writeFile(join(path, ".."), "");
  await expect(nodeFiles.makeFolder(path)).rejects.toMatchObject({ message: expect.stringContaining(path) });
});

test("a folder is made with its parents, for its owner alone; one that is there stays", async () => {
  const path = join(await temporaryFolder(), "a", "b");
  await nodeFiles.makeFolder(path);
  await nodeFiles.makeFolder(path);
  expect(await modeOf(path)).toBe(0o700);
});

import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Files } from "../domain/ports/files.ts";
import { fileTrouble, hasCode } from "./file-trouble.ts";

export const nodeFiles: Files = {
  async read(path) {
    try {
      return await readFile(path, "utf8");
    } catch (error) {
      if (hasCode(error, "ENOENT")) return null;
      throw fileTrouble("read", path, error);
    }
  },

  async write(path, text) {
    const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
    try {
      await writeSynced(temporary, text);
      await rename(temporary, path);
      await syncFolder(dirname(path));
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {});
      throw fileTrouble("write", path, error);
    }
  },

  async makeFolder(path) {
    try {
      await makeWithParents(path);
    } catch (error) {
      throw fileTrouble("make the folder", path, error);
    }
  },

  async remove(path) {
    try {
      await rm(path, { force: true });
    } catch (error) {
      throw fileTrouble("remove", path, error);
    }
  },
};

/** Node's own recursion never ends in a folder that takes none, such as /proc. */
async function makeWithParents(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (hasCode(error, "EEXIST") && (await stat(path)).isDirectory()) return;
    if (!hasCode(error, "ENOENT") || dirname(path) === path) throw error;
    await makeWithParents(dirname(path));
    await mkdir(path, { mode: 0o700 });
  }
}

async function writeSynced(path: string, text: string): Promise<void> {
  // "wx": nobody else's file, and no symbolic link is followed.
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(text, "utf8");
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Without this a crash of the machine may forget the rename. Windows can't open a folder, and needs no such call. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

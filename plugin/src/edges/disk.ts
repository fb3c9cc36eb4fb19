/** State files on the real disk: whole or not at all, and there after a power cut. */
import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { Files } from "../core/ports/files.ts";
import { sweepLeftovers } from "./leftovers.ts";

export const disk: Files = {
  read: (path) => readFile(path, "utf8").catch(nullIfMissing),
  write: async (path, text) => {
    const temporary = `${path}.${randomBytes(4).toString("hex")}.tmp`;
    try {
      const file = await open(temporary, "wx", 0o600);
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    await syncFolder(dirname(path));
  },
  makeFolder: async (path) => {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await sweepLeftovers(path, Date.now());
  },
  list: async (path) => (await readdir(path).catch(nullIfMissing)) ?? [],
  rename: async (from, to) => {
    await rename(from, to).catch(nullIfMissing);
  },
  remove: async (path) => {
    await rm(path, { force: true });
  },
};

/** Without this the new name itself may be lost. Windows can't open folders. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function nullIfMissing(error: NodeJS.ErrnoException): null {
  if (error.code === "ENOENT") return null;
  throw error;
}

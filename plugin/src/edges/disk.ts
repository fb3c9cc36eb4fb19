/**
 * State files on the real disk: whole or not at all, and there after a power cut. A write holds up the process, as eight trips
 * through the thread pool take longer than the disk; what was said before it is on its way by then.
 */
import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Files } from "../core/ports/files.ts";
import { sweepLeftovers } from "./leftovers.ts";

export const disk: Files = {
  read: (path) => readFile(path, "utf8").catch(nullIfMissing),
  write: async (path, text) => {
    await setImmediate();
    const temporary = `${path}.${randomBytes(4).toString("hex")}.tmp`;
    try {
      withOpen(temporary, "wx", (file) => {
        writeFileSync(file, text);
        fsyncSync(file);
      });
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
    syncFolder(dirname(path));
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
function syncFolder(path: string): void {
  if (process.platform !== "win32") withOpen(path, "r", fsyncSync);
}

function withOpen(path: string, flags: "r" | "wx", act: (file: number) => void): void {
  const file = openSync(path, flags, 0o600);
  try {
    act(file);
  } finally {
    closeSync(file);
  }
}

function nullIfMissing(error: NodeJS.ErrnoException): null {
  if (error.code === "ENOENT") return null;
  throw error;
}

/**
 * What writes that died have left in the state folder: temporary files, which nobody will ever rename. And state that
 * could not be read, set aside as `.broken`: the newest are kept for whoever wants to look into them.
 */
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

/** No write takes so long: the file is nobody's any more. */
const OLD_MS = 60 * 60_000;

const MOST_BROKEN = 10;

/** As `disk.write` names them; whatever else lies in the folder is left alone. */
const TEMPORARY = /\.json\.[0-9a-f]{8}\.tmp$/;
const BROKEN = /\.json\.broken$/;

/** Never rejects: what can't be removed is in nobody's way. */
export async function sweepLeftovers(folder: string, now: number): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const files = await Promise.all(
    names
      .filter((name) => TEMPORARY.test(name) || BROKEN.test(name))
      .map((name) => leftover(join(folder, name))),
  );
  const found = files.filter((file) => file !== null).sort((a, b) => b.at - a.at);
  const temporary = found.filter(({ path, at }) => TEMPORARY.test(path) && now - at > OLD_MS);
  const broken = found.filter(({ path }) => BROKEN.test(path)).slice(MOST_BROKEN);
  for (const { path } of [...temporary, ...broken]) await rm(path, { force: true }).catch(() => {});
}

/** Null: it is gone, or no file. */
async function leftover(path: string): Promise<{ path: string; at: number } | null> {
  const stats = await stat(path).catch(() => null);
  return stats?.isFile() === true ? { path, at: stats.mtimeMs } : null;
}

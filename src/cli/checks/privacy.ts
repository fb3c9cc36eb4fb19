/** Whether a file or folder is its user's own and nobody else's to read. */
import { stat } from "node:fs/promises";
import { hasCode } from "../../edges/file-trouble.ts";
import { type Finding, fail, ok } from "./finding.ts";

/** Null: there is nothing at `path`. */
export async function checkPrivate(path: string, mode: 0o600 | 0o700): Promise<Finding | null> {
  const found = await stat(path).catch((error: unknown) => {
    if (hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR")) return null;
    throw error;
  });
  if (found === null) return null;
  // Windows has neither owners nor modes in this sense.
  const me = process.getuid?.();
  if (me === undefined) return ok(`${path} is there`);
  if (found.uid !== me)
    return fail(`${path} belongs to user ${found.uid}, not to you`, `chown ${me} ${path}`);
  const open = found.mode & 0o077;
  if (open === 0) return ok(`${path} is yours alone`);
  const shown = (found.mode & 0o777).toString(8).padStart(4, "0");
  return fail(`${path} can be read by others (mode ${shown})`, `chmod ${mode.toString(8)} ${path}`);
}

/**
 * Around a whole run: all temporary folders are made inside one, which goes with the run. Files of tests share their process, and
 * with it what their rigs have made; a rig can't know which file is the last one.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export default function setup(): () => void {
  // Short: the paths of sockets have room for a hundred characters.
  const folder = mkdtempSync(join(tmpdir(), "sb-"));
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}

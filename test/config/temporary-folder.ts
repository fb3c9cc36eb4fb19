import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder of the test's own, gone when it has finished. A concurrent test passes its context's `onTestFinished`. */
export async function temporaryFolder(finished = onTestFinished): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "signalbox-test-")));
  finished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

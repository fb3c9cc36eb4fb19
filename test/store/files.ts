/** Files for stores, in a folder that the test's end removes. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "signalbox-store-"));
let count = 0;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

export const newFile = (): string => join(folder, `${count++}.db`);

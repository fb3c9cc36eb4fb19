/** Files for stores; what the tests leave is removed at the end of their run. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "signalbox-store-"));
let count = 0;

export const newFile = (): string => join(folder, `${count++}.db`);

/** `keys.json`, `admin.json`, `trigger.json`: read, or refused in one line; never overwritten where they hold something. */
import { readAdmin } from "../../../src/config/admin-file.ts";
import { readKeys } from "../../../src/config/keys.ts";
import type { Files } from "../../../src/domain/ports/files.ts";
import { nodeRandom } from "../../../src/edges/node-random.ts";
import type { Chance } from "../chance.ts";
import { mutateBytes, mutateJson } from "../mutate.ts";
import { hold, holdOneLine, type Target } from "../target.ts";

const KEY = Buffer.alloc(32, 7).toString("base64");

const SAMPLES: readonly unknown[] = [
  { version: 1, keys: [KEY] },
  { version: 1, keys: [KEY, Buffer.alloc(32, 8).toString("hex")] },
  {
    version: 1,
    httpUrl: "http://127.0.0.1:4400",
    grpcUrl: "http://127.0.0.1:4401",
    pid: 7,
    token: "cbt_canary",
  },
];

export const serverFiles: Target = {
  name: "server-files",
  promise:
    "a file of the data folder is read or refused in one line with its cure, untouched, and tells no secret",
  open: async () => ({ generate, judge, close: async () => {} }),
};

function generate(chance: Chance): Uint8Array {
  const sample = chance.of(SAMPLES);
  if (chance.oneIn(2)) return Buffer.from(JSON.stringify(mutateJson(sample, chance)) ?? "");
  const bytes = Buffer.from(JSON.stringify(sample, null, 2));
  return mutateBytes(bytes, chance);
}

async function judge(input: Uint8Array): Promise<void> {
  const text = Buffer.from(input).toString("utf8");
  const written: string[] = [];
  const files: Files = {
    read: async () => text,
    write: async (path) => void written.push(path),
    makeFolder: async () => {},
    remove: async () => {},
  };
  try {
    const keys = await readKeys({ dataDir: "/box", key: null, files, random: nodeRandom });
    hold(keys.current.bytes.length === 32, `a key of ${keys.current.bytes.length} bytes`);
  } catch (error) {
    refused(error);
  }
  await readAdmin(files, "/box").catch(refused);
  hold(written.length === 0, `${written.join(", ")} was overwritten`);
}

function refused(error: unknown): void {
  holdOneLine(error);
  hold(!/canary/.test(String(error)) && !String(error).includes(KEY.slice(0, 20)), "a secret is told");
}

/**
 * The keys that webhook secrets are encrypted with: `keys.json` in the data folder (0600), made at the first start.
 * SIGNALBOX_KEY takes its place for all that is encrypted from then on; what the file's keys encrypted stays readable
 * while the file is there. Of several keys the first encrypts, and all decrypt.
 */
import { join } from "node:path";
import { z } from "zod";
import { SignalboxError } from "../domain/errors.ts";
import type { Files } from "../domain/ports/files.ts";
import type { Random } from "../domain/ports/random.ts";
import { type Key, KeyRing, type KeyShelf } from "./key-ring.ts";
import { KEY_TEXT } from "./settings.ts";

/** What a cipher asks of the keys. */
export interface Keys {
  /** Encrypts. */
  readonly current: Key;
  /** Decrypts. */
  find(id: string): Key | null;
}

const KeysFile = z.strictObject({
  version: z.literal(1),
  /** Newest first: the first one encrypts. */
  keys: z.array(z.string().regex(KEY_TEXT)).min(1),
});

export interface KeyOptions {
  dataDir: string;
  /** SIGNALBOX_KEY: one, or several with commas between them. */
  key: string | null;
  files: Files;
  random: Random;
}

export async function readKeys({ dataDir, key, files, random }: KeyOptions): Promise<KeyRing> {
  const path = join(dataDir, "keys.json");
  const given = key === null ? [] : key.split(",");
  const draw = () => Buffer.from(random.bytes(32)).toString("base64");
  const shelf: KeyShelf = {
    async read() {
      const text = await files.read(path);
      return text === null ? [] : parseKeys(path, text);
    },
    async write(keys) {
      if (keys.length === 0) await files.remove(path);
      else await files.write(path, `${JSON.stringify({ version: 1, keys }, null, 2)}\n`);
    },
  };
  const kept = await shelf.read();
  if (kept.length === 0 && given.length === 0) {
    kept.push(draw());
    await shelf.write(kept);
  }
  return new KeyRing({ given, kept, shelf, draw });
}

function parseKeys(path: string, text: string): string[] {
  try {
    return KeysFile.parse(JSON.parse(text)).keys;
  } catch {
    // Neither the text nor the parser's message is shown: both may hold a key.
    throw new SignalboxError(
      "invalid",
      "bad_keys_file",
      `${path} is not a keys file of this version`,
      "Put back the file from a backup; without it the stored webhook secrets can't be read",
    );
  }
}

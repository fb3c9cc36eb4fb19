/**
 * The keys that webhook secrets are encrypted with: `keys.json` in the data folder (0600), made at the first start.
 * SIGNALBOX_KEY takes its place for all that is encrypted from then on; what the file's keys encrypted stays readable
 * while the file is there.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { SignalboxError } from "../domain/errors.ts";
import type { Files } from "../domain/ports/files.ts";
import type { Random } from "../domain/ports/random.ts";
import { KEY_TEXT } from "./settings.ts";

export interface Keys {
  /** Encrypts. */
  current: Key;
  /** Decrypts. */
  find(id: string): Key | null;
}

export interface Key {
  id: string;
  /** 32 bytes. */
  bytes: Uint8Array;
}

const KeysFile = z.strictObject({
  version: z.literal(1),
  /** Newest first: the first one encrypts. */
  keys: z.array(z.string().regex(KEY_TEXT)).min(1),
});

export interface KeyOptions {
  dataDir: string;
  /** SIGNALBOX_KEY. */
  key: string | null;
  files: Files;
  random: Random;
}

export async function readKeys({ dataDir, key, files, random }: KeyOptions): Promise<Keys> {
  const path = join(dataDir, "keys.json");
  const text = await files.read(path);
  const kept = text === null ? [] : parseKeys(path, text).map(keyOf);
  if (key !== null) return ring(keyOf(key), kept);
  const [current] = kept;
  if (current !== undefined) return ring(current, kept);
  const made = Buffer.from(random.bytes(32)).toString("base64");
  await files.write(path, `${JSON.stringify({ version: 1, keys: [made] }, null, 2)}\n`);
  return ring(keyOf(made), []);
}

function ring(current: Key, others: readonly Key[]): Keys {
  const byId = new Map([...others, current].map((key) => [key.id, key]));
  return { current, find: (id) => byId.get(id) ?? null };
}

/** The id follows from the key, so that a key may move from the file to the environment and back. */
function keyOf(text: string): Key {
  const bytes = Buffer.from(text, /^[0-9a-fA-F]{64}$/.test(text) ? "hex" : "base64");
  return { id: createHash("sha256").update(bytes).digest("hex").slice(0, 12), bytes };
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

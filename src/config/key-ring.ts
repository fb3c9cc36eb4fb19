/**
 * The keys that are known while the server runs. A new one is on the disk before it encrypts anything; one that goes is forgotten
 * by the file alone, because a request that came before may still open what it sealed.
 */
import { createHash } from "node:crypto";

export interface Key {
  id: string;
  /** 32 bytes. */
  bytes: Uint8Array;
}

/** The id follows from the key, so that a key may move from the file to the environment and back. */
export function keyOf(text: string): Key {
  const bytes = Buffer.from(text, /^[0-9a-fA-F]{64}$/.test(text) ? "hex" : "base64");
  return { id: createHash("sha256").update(bytes).digest("hex").slice(0, 12), bytes };
}

/** Where keys are kept for the next start; as texts, the newest first. */
export interface KeyShelf {
  read(): Promise<string[]>;
  /** Replaces them all; none: removes the file. */
  write(keys: readonly string[]): Promise<void>;
}

export interface KeyRingParts {
  /** Of SIGNALBOX_KEY, the newest first; none: it is not set. */
  given: readonly string[];
  /** Of the file. */
  kept: readonly string[];
  shelf: KeyShelf;
  /** Draws one. */
  draw: () => string;
}

export class KeyRing {
  readonly #parts: KeyRingParts;
  readonly #byId = new Map<string, Key>();
  #current: Key;

  /** There is one at least. */
  constructor(parts: KeyRingParts) {
    this.#parts = parts;
    const all = [...parts.given, ...parts.kept].map(keyOf);
    const [newest] = all;
    if (newest === undefined) throw new Error("a ring without a key");
    for (const key of all) this.#byId.set(key.id, key);
    this.#current = newest;
  }

  /** Encrypts. */
  get current(): Key {
    return this.#current;
  }

  /** Decrypts. */
  find(id: string): Key | null {
    return this.#byId.get(id) ?? null;
  }

  /** SIGNALBOX_KEY decides which key encrypts; only its owner can change it. */
  get isGiven(): boolean {
    return this.#parts.given.length > 0;
  }

  get given(): string[] {
    return this.#parts.given.map((text) => keyOf(text).id);
  }

  /** Encrypts from here on, and at every start from here on. */
  async renew(): Promise<Key> {
    const text = this.#parts.draw();
    await this.#parts.shelf.write([text, ...(await this.#parts.shelf.read())]);
    const key = keyOf(text);
    this.#byId.set(key.id, key);
    this.#current = key;
    return key;
  }

  /** Takes those from the file that nothing was sealed with; their ids. */
  async keepOnly(used: ReadonlySet<string>): Promise<string[]> {
    const texts = await this.#parts.shelf.read();
    const isWanted = (text: string) => {
      const { id } = keyOf(text);
      return used.has(id) || id === this.#current.id;
    };
    const idle = texts.filter((text) => !isWanted(text));
    if (idle.length > 0) await this.#parts.shelf.write(texts.filter(isWanted));
    return idle.map((text) => keyOf(text).id);
  }
}

/**
 * Another key for the webhook secrets, while webhooks come in. Invariants:
 *
 *   K1  A key is kept for the next start before anything is sealed with it.
 *   K2  An old one is given up only when no source has a secret of it, whether or not source and secret can be read.
 *   K3  Each step is one source: what is cut off goes on with the next call, or begins anew with the next rotation.
 */
import { type Cipher, keyIdsIn } from "../config/cipher.ts";
import type { KeyRing } from "../config/key-ring.ts";
import type { Account } from "../domain/account.ts";
import { SignalboxError } from "../domain/errors.ts";
import { label } from "../domain/grammar.ts";
import type { Store } from "../domain/ports/store.ts";
import type { Source } from "../domain/source.ts";
import type { Log } from "./log.ts";
import { isStale, resealed } from "./source-secrets.ts";
import type { Sources } from "./sources.ts";
import { Turns } from "./turns.ts";

/** Sources in one call, each a commit. */
const MOST = 100;

export interface KeyRotationParts {
  keys: KeyRing;
  cipher: Cipher;
  store: Store;
  sources: Sources;
  log: Log;
}

export interface RotatedKeys {
  key: string;
  given: boolean;
  resealed: number;
  remaining: number;
  unreadable: number;
  removed: string[];
  idle: string[];
}

interface Owned {
  account: Account;
  source: Source;
}

export class KeyRotation {
  readonly #parts: KeyRotationParts;
  readonly #turns = new Turns();

  constructor(parts: KeyRotationParts) {
    this.#parts = parts;
  }

  /** `key` null: a new one is made, where the keys are the file's. Throws `SignalboxError` (conflict). */
  rotate(key: string | null): Promise<RotatedKeys> {
    return this.#turns.take("keys", () => this.#rotate(key));
  }

  async #rotate(asked: string | null): Promise<RotatedKeys> {
    const { keys, cipher, sources, log } = this.#parts;
    if (asked === null && !keys.isGiven) {
      const { id } = await keys.renew();
      log.info({ keyId: id }, "webhook secrets have a new key");
    } else if (asked !== null && asked !== keys.current.id) throw anotherKey(asked);
    const key = keys.current.id;
    const stale = (await this.#all()).filter(({ source }) => isStale(cipher, key, source));
    const now = stale.slice(0, MOST);
    for (const { account, source } of now) {
      await sources.resealed(account, source.id, (as) => resealed(cipher, as));
    }
    const remaining = stale.length - now.length;
    const all = await this.#all();
    const used = new Set((await this.#parts.store.sealedSecrets()).flatMap(keyIdsIn));
    const removed = remaining === 0 ? await keys.keepOnly(used) : [];
    if (removed.length > 0) log.info({ removed }, "keys that nothing was sealed with are removed");
    return {
      key,
      given: keys.isGiven,
      resealed: now.length,
      remaining,
      unreadable: all.filter(({ source }) => sources.unreadable(source) > 0).length,
      removed,
      idle: keys.given.filter((id) => id !== key && !used.has(id)),
    };
  }

  /** With what was being stored meanwhile: it may be sealed by the key of before. */
  async #all(): Promise<Owned[]> {
    const { store, sources } = this.#parts;
    const found: Owned[] = [];
    for (const account of await store.accounts()) {
      found.push(...(await sources.settled(account)).map((source) => ({ account, source })));
    }
    return found;
  }
}

const anotherKey = (asked: string): SignalboxError =>
  new SignalboxError(
    "conflict",
    "another_key",
    `${label(asked)} is not the key that seals now: another rotation has begun`,
    "Rotate again",
  );

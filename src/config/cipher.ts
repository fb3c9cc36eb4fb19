/**
 * Webhook secrets as they are stored: AES-256-GCM, bound to the account and source they belong to, so that a row copied
 * to another place in the store opens nothing. Promise 10.
 *
 * `v1.keyId.nonce.ciphertext`, the last two in base64url, the tag at the end of the ciphertext.
 */
import { createCipheriv, createDecipheriv } from "node:crypto";
import { SignalboxError } from "../domain/errors.ts";
import type { Random } from "../domain/ports/random.ts";
import type { Keys } from "./keys.ts";

export interface SecretOwner {
  account: string;
  source: string;
}

export interface Cipher {
  seal(secret: string, owner: SecretOwner): string;
  /** Throws `SignalboxError`: `key_missing` or `secret_unreadable`. */
  open(sealed: string, owner: SecretOwner): string;
}

/** 96 bits, as NIST SP 800-38D wants for random nonces. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SEALED = /^v1\.([0-9a-f]{12})\.([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]{22,})$/;

export function cipherOf(keys: Keys, random: Random): Cipher {
  return {
    seal(secret, owner) {
      const { id, bytes } = keys.current;
      const nonce = Buffer.from(random.bytes(NONCE_BYTES));
      const gcm = createCipheriv("aes-256-gcm", bytes, nonce).setAAD(boundTo(owner));
      const body = Buffer.concat([gcm.update(secret, "utf8"), gcm.final(), gcm.getAuthTag()]);
      return `v1.${id}.${nonce.toString("base64url")}.${body.toString("base64url")}`;
    },

    open(sealed, owner) {
      const [, keyId = "", nonce = "", text = ""] = SEALED.exec(sealed) ?? [];
      if (keyId === "") throw unreadable(owner);
      const key = keys.find(keyId);
      if (key === null) throw keyMissing(keyId, owner);
      const body = Buffer.from(text, "base64url");
      try {
        const gcm = createDecipheriv("aes-256-gcm", key.bytes, Buffer.from(nonce, "base64url"), {
          authTagLength: TAG_BYTES,
        });
        gcm.setAAD(boundTo(owner)).setAuthTag(body.subarray(-TAG_BYTES));
        return Buffer.concat([gcm.update(body.subarray(0, -TAG_BYTES)), gcm.final()]).toString("utf8");
      } catch {
        throw unreadable(owner);
      }
    },
  };
}

/** JSON, so that no pair of ids reads like another. */
function boundTo({ account, source }: SecretOwner): Buffer {
  return Buffer.from(JSON.stringify([account, source]));
}

/** Which key a stored secret was sealed with; null: it is damaged. */
export const keyIdOf = (sealed: string): string | null => SEALED.exec(sealed)?.[1] ?? null;

/** Which keys sealed what stands anywhere in the text, damaged or not. */
export const keyIdsIn = (text: string): string[] =>
  Array.from(text.matchAll(/v1\.([0-9a-f]{12})\./g), ([, id = ""]) => id);

function keyMissing(keyId: string, { source }: SecretOwner): SignalboxError {
  return new SignalboxError(
    "unavailable",
    "key_missing",
    `the secret of source ${source} was stored with key ${keyId}, which is not here`,
    "Start the server with the keys.json or SIGNALBOX_KEY that it had then, or give the source its secret again",
  );
}

function unreadable({ source }: SecretOwner): SignalboxError {
  return new SignalboxError(
    "unavailable",
    "secret_unreadable",
    `the stored secret of source ${source} is damaged or belongs to another source`,
    "Give the source its secret again",
  );
}

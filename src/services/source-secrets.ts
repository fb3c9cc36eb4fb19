/**
 * The stored secrets of a source, in the clear. One that can't be opened, because its key is gone or it is damaged, doesn't
 * stand in the way of the others: so a source that is given a new one verifies again, whatever became of its old ones.
 */
import { type Cipher, keyIdOf } from "../config/cipher.ts";
import { SignalboxError } from "../domain/errors.ts";
import type { Source } from "../domain/source.ts";

/** Of a secret that is being rotated the older ones count too, so many in all. */
const MOST_SECRETS = 5;

export interface OpenedSecrets {
  /** Newest first. */
  readable: string[];
  /** Why the others can't be opened, one for each. */
  failures: SignalboxError[];
}

type SecretsOf = Pick<Source, "account" | "id" | "secrets">;

/**
 * The stored secrets with one more before them; the oldest goes when they are too many. One that is there already only comes to the
 * front, so that to tell it twice takes no other's place.
 */
export function withSecret(cipher: Cipher, { account, id, secrets }: SecretsOf, added: string): string[] {
  const owner = { account, source: id };
  const others = secrets.filter((sealed) => {
    const { readable } = openSecrets(cipher, { account, id, secrets: [sealed] });
    return !readable.includes(added);
  });
  return [cipher.seal(added, owner), ...others].slice(0, MOST_SECRETS);
}

/** Whether a secret was sealed by another key than this, and can be opened. */
export const isStale = (cipher: Cipher, key: string, { secrets, ...owner }: SecretsOf): boolean =>
  secrets.some(
    (sealed) =>
      keyIdOf(sealed) !== key && openSecrets(cipher, { ...owner, secrets: [sealed] }).failures.length === 0,
  );

/** Each sealed by the key that seals now; what can't be opened stays as it is. */
export function resealed(cipher: Cipher, { account, id, secrets }: SecretsOf): string[] {
  const owner = { account, source: id };
  return secrets.map((sealed) => {
    const [secret] = openSecrets(cipher, { account, id, secrets: [sealed] }).readable;
    return secret === undefined ? sealed : cipher.seal(secret, owner);
  });
}

export function openSecrets(cipher: Cipher, { account, id, secrets }: SecretsOf): OpenedSecrets {
  const opened: OpenedSecrets = { readable: [], failures: [] };
  for (const sealed of secrets) {
    try {
      opened.readable.push(cipher.open(sealed, { account, source: id }));
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
      opened.failures.push(error);
    }
  }
  return opened;
}

/** Throws `SignalboxError` where there are secrets and none can be opened: nobody can be verified then. */
export function secretsToVerify(cipher: Cipher, source: Source): string[] {
  const { readable, failures } = openSecrets(cipher, source);
  const [failure] = failures;
  if (readable.length === 0 && failure !== undefined) throw failure;
  return readable;
}

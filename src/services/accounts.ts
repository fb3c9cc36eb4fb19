/** Accounts: the server's own, and those of people who sign in. */
import type { Account } from "../domain/account.ts";
import { SignalboxError } from "../domain/errors.ts";
import { type NewId, randomText } from "../domain/ids.ts";
import type { Clock } from "../domain/ports/clock.ts";
import type { Random } from "../domain/ports/random.ts";
import type { Store } from "../domain/ports/store.ts";

const LOCAL = "local";

interface AccountParts {
  store: Store;
  clock: Clock;
  random: Random;
  newId: NewId;
}

const ofTheServer = ({ label, identity }: Account): boolean => label === LOCAL && identity === null;

/** The account of whoever runs the server for himself; made on the first start. */
export async function localAccount(parts: AccountParts): Promise<{ account: Account; made: boolean }> {
  const accounts = await parts.store.accounts();
  const known = accounts.find(ofTheServer);
  if (known !== undefined) return { account: known, made: false };
  if (accounts.length > 0) {
    // A new one would be a server that seems to work, and knows no source, token or event any more.
    throw new SignalboxError(
      "conflict",
      "no_local_account",
      `the store has accounts, but none of them is this server's own (${LOCAL})`,
      "Restore the store from a backup, or choose another data folder; nothing was changed",
    );
  }
  const account = newAccount(parts, LOCAL, null);
  await parts.store.putAccount(account);
  return { account, made: true };
}

/**
 * The account of whom somebody else vouches for by this identity, made when he comes for the first time. The label is what he is
 * called there now.
 */
export async function accountOfIdentity(
  parts: AccountParts,
  { identity, label }: { identity: string; label: string },
): Promise<Account> {
  const known = await parts.store.accountByIdentity(identity);
  if (known === null) return makeOrFind(parts, identity, label);
  if (known.label === label) return known;
  const renamed = { ...known, label };
  await parts.store.putAccount(renamed);
  return renamed;
}

/** Two first sign-ins of one person may come at once: one of them makes the account. */
async function makeOrFind(parts: AccountParts, identity: string, label: string): Promise<Account> {
  const account = newAccount(parts, label, identity);
  try {
    await parts.store.putAccount(account);
    return account;
  } catch (error) {
    const made = await parts.store.accountByIdentity(identity);
    if (made === null) throw error;
    return made;
  }
}

const newAccount = (
  { newId, random, clock }: AccountParts,
  label: string,
  identity: string | null,
): Account => ({
  id: newId("acc"),
  profileId: `p_${randomText(random, 24)}`,
  label,
  identity,
  createdAt: clock.now(),
});

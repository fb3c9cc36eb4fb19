import type { Account } from "../domain/account.ts";
import { SignalboxError } from "../domain/errors.ts";
import { type NewId, randomText } from "../domain/ids.ts";
import type { Clock } from "../domain/ports/clock.ts";
import type { Random } from "../domain/ports/random.ts";
import type { Store } from "../domain/ports/store.ts";

const LOCAL = "local";

/** The account of whoever runs the server for himself; made on the first start. */
export async function localAccount(parts: {
  store: Store;
  clock: Clock;
  random: Random;
  newId: NewId;
}): Promise<{ account: Account; made: boolean }> {
  const accounts = await parts.store.accounts();
  const known = accounts.find(({ label }) => label === LOCAL);
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
  const account: Account = {
    id: parts.newId("acc"),
    profileId: `p_${randomText(parts.random, 24)}`,
    label: LOCAL,
    createdAt: parts.clock.now(),
  };
  await parts.store.putAccount(account);
  return { account, made: true };
}

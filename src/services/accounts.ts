import type { Account } from "../domain/account.ts";
import { type NewId, randomText } from "../domain/ids.ts";
import type { Clock } from "../domain/ports/clock.ts";
import type { Random } from "../domain/ports/random.ts";
import type { Store } from "../domain/ports/store.ts";

/** The account of whoever runs the server for himself; made on the first start. */
export async function localAccount(parts: {
  store: Store;
  clock: Clock;
  random: Random;
  newId: NewId;
}): Promise<{ account: Account; made: boolean }> {
  const known = (await parts.store.accounts()).find(({ label }) => label === "local");
  if (known !== undefined) return { account: known, made: false };
  const account: Account = {
    id: parts.newId("acc"),
    profileId: `p_${randomText(parts.random, 24)}`,
    label: "local",
    createdAt: parts.clock.now(),
  };
  await parts.store.putAccount(account);
  return { account, made: true };
}

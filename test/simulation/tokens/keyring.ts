/** Whose configuration has which token: most share their account's, and some seats have one of their own. */

export interface Configured {
  account: string;
  /** Empty: of all seats of the account that have no token of their own. */
  seat: string;
  id: string;
  secret: string;
  /** Null: it is bound to none. */
  tags: readonly string[] | null;
}

export class Keyring {
  readonly #all: Configured[] = [];

  get all(): readonly Configured[] {
    return this.#all;
  }

  add(configured: Configured): void {
    this.#all.push(configured);
  }

  /** `client`: one of the seat's processes, as `c1.2` is of `c1`. */
  of(account: string, client: string): Configured {
    const seat = client.split(".")[0];
    const mine = this.#all.filter((one) => one.account === account);
    const found = mine.find((one) => one.seat === seat) ?? mine.find((one) => one.seat === "");
    if (found === undefined) throw new Error(`nobody has a token of ${account}`);
    return found;
  }

  /** As whoever writes the file does it: only where it still has the one that is to be replaced. */
  replace(configured: Configured, from: string, to: { id: string; secret: string }): boolean {
    if (configured.secret !== from) return false;
    Object.assign(configured, to);
    return true;
  }
}

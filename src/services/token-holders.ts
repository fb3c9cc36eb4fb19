/**
 * What was let in by which token and is still there: links, and calls that last. A holder enters before its token is looked
 * up, so that none slips in between a revocation and the look that came before it.
 */
export interface TokenHolder {
  /** It is the link of this process of this session, as its Hello named them. */
  isOf(face: Face): boolean;
  /** Its token is none any more: it ends at once, and says why. */
  revoked(): void;
  /** Another token has taken the place of its own: it comes back with that one, if it has it. */
  replaced(): void;
}

export interface Face {
  session: string;
  instance: string;
}

export class TokenHolders {
  /** By the token's hash. */
  readonly #holders = new Map<string, Set<TokenHolder>>();
  readonly #hashes = new Map<TokenHolder, string>();

  enter(hash: string, holder: TokenHolder): void {
    this.leave(holder);
    this.#hashes.set(holder, hash);
    const those = this.#holders.get(hash) ?? new Set();
    this.#holders.set(hash, those.add(holder));
  }

  leave(holder: TokenHolder): void {
    const hash = this.#hashes.get(holder);
    if (hash === undefined) return;
    this.#hashes.delete(holder);
    const those = this.#holders.get(hash);
    those?.delete(holder);
    if (those?.size === 0) this.#holders.delete(hash);
  }

  count(hash: string): number {
    return this.#holders.get(hash)?.size ?? 0;
  }

  /** How many there were. */
  revoke(hash: string): number {
    const those = [...(this.#holders.get(hash) ?? [])];
    for (const holder of those) {
      this.leave(holder);
      holder.revoked();
    }
    return those.length;
  }

  /** The link of whoever asked for the new token goes on by it; the others have to show that they have it. */
  replace(old: string, by: string, asked: Face | null): void {
    for (const holder of [...(this.#holders.get(old) ?? [])]) {
      this.leave(holder);
      if (asked !== null && holder.isOf(asked)) this.enter(by, holder);
      else holder.replaced();
    }
  }
}

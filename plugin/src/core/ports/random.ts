/** Randomness as an argument: a seed repeats a whole run. */
export interface Random {
  /** Cryptographically strong in production. */
  bytes(length: number): Uint8Array;
  /** A number in [0, 1), for jitter. */
  fraction(): number;
}

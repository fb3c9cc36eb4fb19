/**
 * The system's randomness. Markers and ids need a few bytes for each event, and a call of the system's costs more than an
 * event's SQL: small wishes are served from a pool. What was given is overwritten in the pool, so that no secret stays there.
 */
import { randomFillSync } from "node:crypto";
import type { Random } from "../domain/ports/random.ts";

const POOL_BYTES = 4096;

const pool = Buffer.alloc(POOL_BYTES);
let used = POOL_BYTES;

/** Where the next `length` bytes of the pool begin. */
function take(length: number): number {
  if (used + length > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  used += length;
  return used - length;
}

export const nodeRandom: Random = {
  bytes(length) {
    if (length > POOL_BYTES) return randomFillSync(new Uint8Array(length));
    const at = take(length);
    const bytes = Uint8Array.from(pool.subarray(at, at + length));
    pool.fill(0, at, at + length);
    return bytes;
  },
  // 48 bits: the most that readUIntBE gives, and well within a double's 53.
  fraction: () => pool.readUIntBE(take(6), 6) / 2 ** 48,
};

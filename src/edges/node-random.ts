import { randomBytes } from "node:crypto";
import type { Random } from "../domain/ports/random.ts";

export const nodeRandom: Random = {
  bytes: (length) => randomBytes(length),
  // 48 bits: the most that readUIntBE gives, and well within a double's 53.
  fraction: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
};

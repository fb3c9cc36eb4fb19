/** Values that programs stumble over, for mutators to put in the place of others. */
import { HOSTILE } from "../domain/hostile.ts";

export const NASTY_NUMBERS: readonly unknown[] = [
  0, -0, 1, -1, 0.5, 255, 256, 65_535, 65_536, 2_147_483_647, -2_147_483_648, 4_294_967_295, 4_294_967_296,
  9_007_199_254_740_991, 1e21, -1e21, 1e308, 5e-324,
];

export const NASTY_TEXTS: readonly string[] = [
  "",
  " ",
  "\0",
  "null",
  "__proto__",
  "constructor",
  "toString",
  "0",
  "-1",
  "NaN",
  "Infinity",
  "1e999",
  "true",
  "../../../../etc/passwd",
  "%00%2e%2e%2f",
  "%",
  "{}",
  "[]",
  "${x}",
  "tag:",
  "tag:deploys",
  "evt_01k00000000000000000000001",
  "evt_01k0000000000000000000000l",
  "a".repeat(5_000),
  "é".repeat(300),
  "line\r\nSet-Cookie: x=1\r\n\r\n",
  ...HOSTILE.filter((text) => text.length < 1_000),
];

const nested = (depth: number): unknown => JSON.parse(`${"[".repeat(depth)}${"]".repeat(depth)}`);

export const NASTY_VALUES: readonly unknown[] = [
  null,
  true,
  false,
  ...NASTY_NUMBERS,
  ...NASTY_TEXTS,
  [],
  {},
  [[]],
  JSON.parse('{"__proto__":{"polluted":true}}'),
  { length: -1 },
  nested(50),
];

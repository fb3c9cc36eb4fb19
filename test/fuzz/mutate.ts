/** Changes good samples a little, by bytes or by the values of a JSON text. */
import type { Chance } from "./chance.ts";
import { NASTY_TEXTS, NASTY_VALUES } from "./nasty.ts";

/** One to four changes; `others`: samples whose pieces may be put in. */
export function mutateBytes(
  sample: Uint8Array,
  chance: Chance,
  others: readonly Uint8Array[] = [],
): Uint8Array {
  let bytes = Buffer.from(sample);
  for (let changes = 1 + chance.below(4); changes > 0; changes--) bytes = changedOnce(bytes, chance, others);
  return bytes;
}

function changedOnce(bytes: Buffer, chance: Chance, others: readonly Uint8Array[]): Buffer<ArrayBuffer> {
  const at = chance.below(bytes.length + 1);
  const end = Math.min(bytes.length, at + 1 + chance.below(chance.of([1, 4, 64, 4_096])));
  const [before, cutOut, after] = [bytes.subarray(0, at), bytes.subarray(at, end), bytes.subarray(end)];
  switch (chance.below(8)) {
    case 0:
      return Buffer.concat([before, after]);
    case 1:
      return Buffer.concat([before, cutOut, cutOut, after]);
    case 2:
      return Buffer.concat([before]);
    case 3:
      return Buffer.concat([before, chance.bytes(1 + chance.below(16)), after]);
    case 4:
      return Buffer.concat([before, Buffer.from(chance.of(NASTY_TEXTS)), cutOut, after]);
    case 5:
      return Buffer.concat([before, pieceOf(chance.of([bytes, ...others]), chance), after]);
    case 6:
      return Buffer.concat([before, ...new Array<Buffer>(chance.of([10, 200])).fill(cutOut), after]);
    default: {
      const flipped = Buffer.from(bytes);
      const place = chance.below(bytes.length);
      if (bytes.length > 0) flipped[place] = (flipped[place] ?? 0) ^ (1 << chance.below(8));
      return flipped;
    }
  }
}

function pieceOf(bytes: Uint8Array, chance: Chance): Uint8Array {
  const at = chance.below(bytes.length + 1);
  return bytes.subarray(at, at + chance.below(bytes.length - at + 1));
}

/** The same JSON with one to three of its values or keys changed; `values`: more that may be put in. */
export function mutateJson(sample: unknown, chance: Chance, values: readonly unknown[] = []): unknown {
  let json = structuredClone(sample);
  for (let changes = 1 + chance.below(3); changes > 0; changes--) json = changedIn(json, chance, values);
  return json;
}

function changedIn(value: unknown, chance: Chance, values: readonly unknown[]): unknown {
  // Deeper more often than not: most of what a checker looks at stands at the leaves.
  if (typeof value === "object" && value !== null && Object.keys(value).length > 0 && !chance.oneIn(8)) {
    return Array.isArray(value) ? changedArray(value, chance, values) : changedObject(value, chance, values);
  }
  if (typeof value === "string" && chance.oneIn(2)) return changedText(value, chance);
  return structuredClone(chance.of([...NASTY_VALUES, ...values]));
}

function changedArray(array: unknown[], chance: Chance, values: readonly unknown[]): unknown[] {
  const at = chance.below(array.length);
  const copy = [...array];
  switch (chance.below(8)) {
    case 0:
      copy.splice(at, 1);
      return copy;
    case 1:
      copy.splice(at, 0, structuredClone(chance.of(array)));
      return copy;
    case 2:
      return [...array.slice(at), ...array.slice(0, at)];
    default:
      copy[at] = changedIn(array[at], chance, values);
      return copy;
  }
}

function changedObject(object: object, chance: Chance, values: readonly unknown[]): object {
  const entries = Object.entries(object);
  const at = chance.below(entries.length);
  const [key = "", inner] = entries[at] ?? [];
  switch (chance.below(8)) {
    case 0:
      entries.splice(at, 1);
      break;
    case 1:
      entries.push([chance.of(NASTY_TEXTS), chance.of([...NASTY_VALUES, ...values])]);
      break;
    case 2:
      entries[at] = [chance.of(NASTY_TEXTS), inner];
      break;
    default:
      entries[at] = [key, changedIn(inner, chance, values)];
  }
  // Defined, not assigned: `__proto__` is a key like any other here.
  return Object.fromEntries(entries);
}

function changedText(text: string, chance: Chance): string {
  const at = chance.below(text.length + 1);
  switch (chance.below(4)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + chance.of(NASTY_TEXTS) + text.slice(at);
    case 2:
      return text.slice(0, at) + text.slice(at + 1);
    default:
      return text.repeat(chance.of([2, 300])).slice(0, 20_000);
  }
}
